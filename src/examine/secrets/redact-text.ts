import type { Detector } from './detector.ts';

/**
 * The literal that the secret begins with and two characters more, so that a reader can tell which one it
 * is. Of a short secret, or one that begins with no literal, nothing.
 */
export function redactText(detector: Detector, text: string): string {
  if (detector.redact !== undefined) return detector.redact(text);
  const literal = detector.literals.find((candidate) => text.startsWith(candidate.text))?.text ?? '';
  const shown = literal !== '' && text.length - literal.length >= 16 ? literal.length + 2 : literal.length;
  return `${text.slice(0, shown)}****`;
}

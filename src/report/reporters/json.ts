import type { PackagesReport } from '../packages.ts';
import type { Report } from '../report.ts';
import type { TrustReport } from '../trust.ts';

/** The report as it is. */
export function renderJson(report: Report | PackagesReport | TrustReport): string {
  return toJson(report);
}

/**
 * A document as JSON. Characters that could do something to a terminal are written as JSON escapes: the same values
 * for whoever parses it, and harmless for whoever looks at it.
 */
export function toJson(document: object): string {
  return `${JSON.stringify(document, null, 2).replace(UNPRINTABLE, escapeCharacter)}\n`;
}

/** What JSON allows unescaped and a terminal should not see; see core/printable.ts. */
const UNPRINTABLE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

function escapeCharacter(characters: string): string {
  return Array.from(
    { length: characters.length },
    (_, i) => `\\u${characters.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}

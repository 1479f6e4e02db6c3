/** Installations of single tools, and whether they say which version. */

const NPM = /^(?:npm\s+(?:i|install|add)|pnpm\s+(?:add|i|install)|yarn\s+global\s+add|bun\s+add)\s+(.*)$/;
const IS_GLOBAL = /(?:^|\s)(?:-g|--global|--location=global)(?:\s|$)/;
const PIP =
  /^(?:pip[23]?(?:\.\d+)?|python[23]?(?:\.\d+)?\s+-m\s+pip|uv\s+pip|uv\s+tool|pipx)\s+(?:-\S+\s+)*install\s+(.*)$/;
/** Options of pip whose value is a word of its own. */
const PIP_VALUES =
  /^(?:-[rcetidfb]|--(?:requirement|constraint|editable|target|index-url|extra-index-url|find-links|prefix|root|trusted-host|platform|python|python-version|cache-dir|timeout|retries|proxy|cert|progress-bar|no-binary|only-binary|with|from))$/;
const GO = /^go\s+(?:install|get)\s+(.*)$/;
const GEM = /^gem\s+install\s+(.*)$/;
const CARGO = /^cargo\s+(?:b?install)\s+(.*)$/;

/** Whether a command installs something by its name alone. */
export function isUnpinned(command: string): boolean {
  const npm = NPM.exec(command);
  if (npm !== null) {
    const isGlobal = /^yarn/.test(command) || IS_GLOBAL.test(` ${npm[1]}`);
    return (
      isGlobal && wordsOf(npm[1]).some((word) => isName(word) && !/^(?:@[^/@]+\/)?[^@]+@(?!latest$|next$).+/.test(word))
    );
  }
  const pip = PIP.exec(command);
  if (pip !== null) return pipNames(wordsOf(pip[1])).some((word) => isName(word) && !/===?|\s@\s|@/.test(word));
  const go = GO.exec(command);
  if (go !== null) return wordsOf(go[1]).some((word) => /^[\w.-]+\.[a-z]+\/\S+@(?:latest|master|main)$/.test(word));
  const gem = GEM.exec(command);
  if (gem !== null)
    return (
      !/(?:^|\s)(?:-v|--version)[\s=]/.test(gem[1] as string) &&
      wordsOf(gem[1]).some((word) => isName(word) && !/:\d/.test(word))
    );
  const cargo = CARGO.exec(command);
  if (cargo === null || /(?:^|\s)--(?:version|vers|path|git|rev|tag)[\s=]/.test(cargo[1] as string)) return false;
  return wordsOf(cargo[1]).some((word) => isName(word) && !word.includes('@'));
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(/\s+/)
    .map((word) => word.replace(/^["']|["']$/g, ''))
    .filter((word) => word !== '');
}

/** What is behind options, without their values. */
function pipNames(words: readonly string[]): string[] {
  if (words.some((word) => /^--require-hashes$/.test(word))) return [];
  return words.filter((_, i) => !PIP_VALUES.test(words[i - 1] ?? ''));
}

/** Options, files, addresses and variables are no names. */
function isName(word: string): boolean {
  return (
    /^[@\w]/.test(word) &&
    !/:\/\/|^\.|\/$|\.(?:whl|tgz|zip|gem|tar\.gz|txt)$|[$*>|]/.test(word) &&
    !/^(?:git\+|file:|[a-z]+:\/)/.test(word)
  );
}

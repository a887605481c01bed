import { readFileSync } from 'node:fs';

/** A command as a guide shows it to be pasted. */
export interface GuideCommand {
  /** `file:line`. */
  where: string;
  /** What follows `wenlan`, as the shell splits it. */
  args: string[];
}

/** Also how the README writes it, from source. */
const WENLAN = /^(?:npx wenlan|wenlan|npm run -s cli --)(?:\s+|$)/u;

/** The `wenlan` commands in a Markdown file's blocks of shell, in their order. */
export function guideCommands(file: string): GuideCommand[] {
  const commands: GuideCommand[] = [];
  let isShell = false;
  let begun = '';
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.startsWith('```')) {
      isShell = !isShell && /^```(?:sh|bash|shell)\b/u.test(line);
      continue;
    }
    if (!isShell && !/^ {4}wenlan /u.test(line)) continue;
    begun += line.trim();
    if (begun.endsWith('\\')) {
      begun = begun.slice(0, -1);
      continue;
    }
    const text = begun;
    begun = '';
    if (WENLAN.test(text)) commands.push({ where: `${file}:${index + 1}`, args: shellWords(text.replace(WENLAN, '')) });
  }
  return commands;
}

/** Words of a line, quotes taken off; what follows a `#`, a pipe or a redirection isn't the command's. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/gu)) {
    if (/^(?:#|\||>|&&|;)/u.test(word)) break;
    words.push(word.replaceAll(/["']/gu, ''));
  }
  return words;
}

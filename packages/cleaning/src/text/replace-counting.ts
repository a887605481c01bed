import type { Rewritten } from '../rule.ts';

/**
 * `text.replace` that counts the spans that change.
 * @param replacement a string that is taken as it is, or a function of the match, its offset and its groups
 */
export function replaceCounting(
  text: string,
  pattern: RegExp,
  replacement: string | ((match: string, offset: number, groups: (string | undefined)[]) => string),
): Rewritten {
  let count = 0;
  const result = text.replace(pattern, (match: string, ...rest: unknown[]) => {
    const offsetAt = rest.findIndex((item) => typeof item === 'number');
    const next =
      typeof replacement === 'string'
        ? replacement
        : replacement(match, rest[offsetAt] as number, rest.slice(0, offsetAt) as (string | undefined)[]);
    if (next !== match) count += 1;
    return next;
  });
  return { text: result, count };
}

import type { SourceState } from './frontier-state.ts';

/** The source whose page is next: of those that have any, the one that has cost least so far, of equals the first; or null. */
export function nextSource(sources: readonly SourceState[]): number | null {
  let next: number | null = null;
  for (const [source, { head, tail, virtualTime }] of sources.entries()) {
    if (head < tail && (next === null || virtualTime < sources[next]!.virtualTime)) next = source;
  }
  return next;
}

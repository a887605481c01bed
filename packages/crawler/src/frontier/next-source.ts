import type { SourceState } from './frontier-state.ts';

/**
 * The source whose page is next: of those that have any, the one that has cost least so far, of equals the first; or null.
 * @param hasMore of a source whose pages aren't queued
 */
export function nextSource(sources: readonly SourceState[], hasMore: (source: number) => boolean = () => false): number | null {
  let next: number | null = null;
  for (const [source, { head, tail, virtualTime }] of sources.entries()) {
    if ((head < tail || hasMore(source)) && (next === null || virtualTime < sources[next]!.virtualTime)) next = source;
  }
  return next;
}

import type { SourceState } from '../frontier/frontier-state.ts';
import { MENDS } from './mends.ts';

/** An outcome that this share of all pictures had is worth a sentence. */
const NOTEWORTHY_SHARE = 0.05;

export interface SourceProgress {
  name: string;
  maxPages: number;
  state: SourceState;
}

/** What went wrong with sources of which no page could be read, a sentence each. */
export function silences(sources: readonly SourceProgress[]): string[] {
  return sources.flatMap(({ name, state: { pages, failedSeed } }) => {
    if ((pages['ok'] ?? 0) > 0) return [];
    if (failedSeed === null) return [`The source "${name}" has no page; check its seeds.`];
    const { url, outcome, detail } = failedSeed;
    return [
      `No page of the source "${name}" could be read: ${url} gave ${outcome} (${detail}); ${MENDS[outcome] ?? 'check its seeds'}.`,
    ];
  });
}

/** What would make the next crawl better, a sentence each. */
export function adviceOf(sources: readonly SourceProgress[], rows: number): string[] {
  const byOutcome: Record<string, number> = {};
  for (const { state } of sources) {
    for (const [outcome, count] of Object.entries(state.outcomes)) byOutcome[outcome] = (byOutcome[outcome] ?? 0) + count;
  }
  const ofSources = sources.flatMap(({ name, maxPages, state }) => {
    if (state.tail >= maxPages)
      return [`The source "${name}" has reached its maxPages, ${maxPages}; raise it to follow the links that are left.`];
    const isWithoutPictures = state.rows === 0 && (state.pages['ok'] ?? 0) > 0;
    return isWithoutPictures
      ? [`The source "${name}" shows no picture on ${state.head} pages; check its seeds and its kind.`]
      : [];
  });
  const ofPictures = Object.entries(byOutcome)
    .filter(([outcome, count]) => MENDS[outcome] !== undefined && count >= rows * NOTEWORTHY_SHARE)
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
    .map(([outcome, count]) => `${count} of ${rows} pictures gave ${outcome}; ${MENDS[outcome]}.`);
  return [...silences(sources), ...ofSources, ...ofPictures];
}

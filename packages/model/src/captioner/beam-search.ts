import { SPECIAL_TOKENS, type Tokenizer } from '../tokenizer.ts';

export interface BeamOptions {
  /** Sentences that are kept side by side. */
  beams: number;
  /** Longest sentence, [CLS] and [SEP] included. */
  maxTokens: number;
}

interface Beam {
  ids: readonly number[];
  logLikelihood: number;
}

/**
 * The sentence of the highest mean log-likelihood a token that a beam finds.
 * @param next for each sentence begun, log-probabilities of its next token: [rows, vocabulary]; it may be asked for more rows than there are
 * @returns ids without [CLS] and [SEP]
 */
export async function beamSearch(
  next: (begun: readonly (readonly number[])[], rows: number) => Promise<Float32Array>,
  { tokenizer, beams = 3, maxTokens }: Partial<BeamOptions> & { tokenizer: Tokenizer; maxTokens: number },
): Promise<number[]> {
  const { vocabularySize } = tokenizer;
  const [start, end] = tokenizer.encode('', 2) as [number, number];
  const unsaid = new Set(SPECIAL_TOKENS.map((token) => tokenizer.encode(token, 3)[1]!).filter((id) => id !== end));
  let open: Beam[] = [{ ids: [start], logLikelihood: 0 }];
  const done: Beam[] = [];
  while (open.length > 0 && open[0]!.ids.length < maxTokens) {
    const scores = await next(
      open.map(({ ids }) => ids),
      beams,
    );
    const longer = open.flatMap(({ ids, logLikelihood }, row) =>
      best(scores.subarray(row * vocabularySize, (row + 1) * vocabularySize), beams + unsaid.size)
        .filter((id) => !unsaid.has(id))
        .map((id) => ({ ids: [...ids, id], logLikelihood: logLikelihood + scores[row * vocabularySize + id]! })),
    );
    longer.sort((a, b) => b.logLikelihood - a.logLikelihood);
    open = [];
    for (const beam of longer.slice(0, beams)) (beam.ids.at(-1) === end ? done : open).push(beam);
    if (done.length >= beams) break;
  }
  const mean = ({ ids, logLikelihood }: Beam): number => logLikelihood / (ids.length - 1);
  const winner = (done.length > 0 ? done : open).reduce((a, b) => (mean(b) > mean(a) ? b : a));
  return winner.ids.filter((id) => id !== start && id !== end);
}

/** The highest `count` positions, best first; of equal ones the lower first. */
function best(scores: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (const [id, score] of scores.entries()) {
    if (found.length === count && score <= scores[found.at(-1)!]!) continue;
    const at = found.findIndex((other) => score > scores[other]!);
    found.splice(at < 0 ? found.length : at, 0, id);
    found.length = Math.min(found.length, count);
  }
  return found;
}

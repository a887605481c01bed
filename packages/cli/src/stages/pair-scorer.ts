import { type PairScorer, vectorScorer } from '@wenlan/cleaning';
import type { CommandContext } from '../command-context.ts';
import { readVectorFolder } from './read-vector-folder.ts';

/** The scorer that the flags of `clean` name: vectors in files, or a trained run; none by default. */
export async function scorerOf(
  { run, vectors }: { run?: string; vectors?: string },
  context: CommandContext,
): Promise<{ scorer: PairScorer; dispose(): void } | undefined> {
  if (vectors !== undefined) return { scorer: vectorScorer(vectors, await readVectorFolder(vectors)), dispose: () => {} };
  return run === undefined ? undefined : fromRun(run, context);
}

async function fromRun(folder: string, context: CommandContext): Promise<{ scorer: PairScorer; dispose(): void }> {
  const { encodePictures, loadRun } = await import('@wenlan/model');
  const run = await loadRun(folder, { note: (sentence) => context.reporter.note(sentence) });
  const scorer: PairScorer = {
    name: `${folder} at step ${run.step}`,
    async score(pairs) {
      const images = await encodePictures(run, pairs); // [pairs, dim]
      const texts = pairs.flatMap((pair) => pair.texts);
      const encoded = await run.encodeTexts(texts);
      let at = 0;
      return pairs.map((pair, index) => {
        const vector = Float32Array.from(images.subarray(index * run.dim, (index + 1) * run.dim));
        const correlations = pair.texts.map(() => {
          let dot = 0;
          for (let place = 0; place < run.dim; place += 1) dot += vector[place]! * encoded[at * run.dim + place]!;
          at += 1;
          return dot;
        });
        return { correlations, vector };
      });
    },
  };
  return { scorer, dispose: () => run.dispose() };
}

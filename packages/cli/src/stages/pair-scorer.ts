import { type PairScorer, type ScoredPair, vectorScorer } from '@wenlan/cleaning';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';
import { readVectorFolder } from './read-vector-folder.ts';

/** What says how pictures and texts correlate, as the flags of `clean` name it. */
export interface ScorerOptions {
  run?: string;
  vectors?: string;
  onnx?: string;
}

interface OpenedScorer {
  scorer: PairScorer;
  dispose: () => void | Promise<void>;
}

/** A model whose vectors have the length 1. */
interface PairEncoder {
  dim: number;
  encodePictures: (pairs: readonly ScoredPair[]) => Promise<Float32Array>; // [pairs, dim]
  encodeTexts: (texts: readonly string[]) => Promise<Float32Array>; // [texts, dim]
}

/** The flags of `clean` that name a scorer and are given. */
export const scorerFlags = ({ run, vectors, onnx }: ScorerOptions): string[] =>
  Object.entries({ '--run': run, '--vectors': vectors, '--onnx': onnx }).flatMap(([flag, value]) =>
    value === undefined ? [] : [flag],
  );

/**
 * The scorer that the flags of `clean` name: vectors in files, a trained run, or a model in ONNX; none by default.
 * @throws UsageError SCORER_AMBIGUOUS; what reading the vectors or the model throws
 */
export async function scorerOf(options: ScorerOptions, context: CommandContext): Promise<OpenedScorer | undefined> {
  const flags = scorerFlags(options);
  if (flags.length > 1) {
    throw new UsageError(
      'SCORER_AMBIGUOUS',
      `${flags.join(' and ')} each say how pictures and texts correlate; leave all but one of them out.`,
    );
  }
  const { run, vectors, onnx } = options;
  if (vectors !== undefined) return { scorer: vectorScorer(vectors, await readVectorFolder(vectors)), dispose: () => {} };
  if (onnx !== undefined) return fromOnnx(onnx);
  return run === undefined ? undefined : fromRun(run, context);
}

async function fromRun(folder: string, context: CommandContext): Promise<OpenedScorer> {
  const { encodePictures, loadRun } = await import('@wenlan/model');
  const run = await loadRun(folder, { note: (sentence) => context.reporter.note(sentence) });
  const encoder: PairEncoder = {
    dim: run.dim,
    encodePictures: (pairs) => encodePictures(run, pairs),
    encodeTexts: (texts) => run.encodeTexts(texts),
  };
  return { scorer: encoderScorer(`${folder} at step ${run.step}`, encoder), dispose: () => run.dispose() };
}

async function fromOnnx(folder: string): Promise<OpenedScorer> {
  const { loadTwoTower } = await import('@wenlan/model/onnx');
  const { sha256, dim, encodePictures, encodeTexts, dispose } = await loadTwoTower(folder);
  const encoder: PairEncoder = {
    dim,
    encodePictures: (pairs) => encodePictures(pairs.map(({ image }) => image)),
    encodeTexts,
  };
  return { scorer: encoderScorer(`onnx ${sha256}`, encoder), dispose };
}

function encoderScorer(name: string, { dim, encodePictures, encodeTexts }: PairEncoder): PairScorer {
  return {
    name,
    async score(pairs) {
      const images = await encodePictures(pairs);
      const texts = await encodeTexts(pairs.flatMap((pair) => pair.texts));
      let at = 0;
      return pairs.map((pair, index) => {
        const vector = Float32Array.from(images.subarray(index * dim, (index + 1) * dim));
        const correlations = pair.texts.map(() => {
          let dot = 0;
          for (let place = 0; place < dim; place += 1) dot += vector[place]! * texts[at * dim + place]!;
          at += 1;
          return dot;
        });
        return Number.isNaN(vector[0]) ? { correlations } : { correlations, vector };
      });
    },
  };
}

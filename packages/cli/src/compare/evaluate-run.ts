import { join } from 'node:path';
import {
  type ClassificationScores,
  type ComparedRun,
  type PairScores,
  rerank,
  retrieval,
  retrievalByScores,
  type RetrievalResult,
  scoreCaptions,
  type TrainingPoint,
  type Vectors,
  zeroShot,
  zeroShotByScores,
} from '@wenlan/evaluation';
import {
  encodePictures,
  loadCaptioner,
  loadPairScorer,
  loadRun,
  type Picture,
  readMetrics,
  readRun,
  type StepMetrics,
} from '@wenlan/model';
import type { PlannedRun } from './plan.ts';
import type { ClassPictures } from './class-pictures.ts';
import type { HeldOut } from './held-out.ts';

const CHECKPOINT = { checkpoint: 'best' } as const;

/**
 * Everything that the table says of a run; the checkpoint is the one of the highest recall on the validation split.
 * @param classes pictures to classify, where any are asked for
 * @param tower folder of the run whose answers a pair scorer re-ranks, where it does
 * @param captioner folder of the captioner on its image tower, where there is one
 */
export async function evaluateRun(
  run: PlannedRun,
  heldOut: HeldOut,
  classes: ClassPictures | undefined,
  { tower, captioner }: { tower: string | undefined; captioner: string | undefined },
): Promise<ComparedRun> {
  const record = (await readRun(run.out))!;
  const metrics = await readMetrics(join(run.out, 'metrics.jsonl'));
  const { result, classified, step } =
    record.config.objective?.kind === 'uniter'
      ? await scoredByPairs(run, heldOut, classes, tower)
      : await scoredByVectors(run.out, heldOut, classes, run.seed);
  const { i2t, t2i, MR6, Rsum, conditions } = result;
  const withoutRanks = (direction: RetrievalResult['i2t']): RetrievalResult['i2t'] => ({
    ...direction,
    queryRows: new Uint32Array(),
    ranks: new Uint32Array(),
  });
  const { batchSize } = record.config;
  return {
    system: run.system.name,
    condition: run.condition.name,
    seed: run.seed,
    queueSize: run.system.queueSize ?? null,
    step,
    steps: metrics.length,
    seconds: secondsOf(metrics, batchSize).at(-1)!,
    peakMegabytes: metrics.reduce((peak, { residentMegabytes }) => Math.max(peak, residentMegabytes), 0),
    retrieval: { i2t: withoutRanks(i2t), t2i: withoutRanks(t2i), MR6, Rsum, conditions },
    captions: captioner === undefined ? null : await captionScores(captioner, heldOut),
    zeroShot: classified,
    loss: points(metrics, batchSize, ({ loss }) => loss),
    validation: points(metrics, batchSize, ({ validationRecallAt10 }) => validationRecallAt10),
  };
}

interface Scored {
  result: RetrievalResult;
  classified: ClassificationScores | null;
  step: number;
}

async function scoredByVectors(
  folder: string,
  heldOut: HeldOut,
  classes: ClassPictures | undefined,
  seed: number,
): Promise<Scored> {
  const model = await loadRun(folder, CHECKPOINT);
  try {
    const { images, texts, truth, captionPolicy } = heldOut;
    const { dim, step } = model;
    const vectorsOf = async (values: Promise<Float32Array>, rows: number): Promise<Vectors> => ({
      values: await values,
      rows,
      dim,
    });
    const encoded = async (pictures: readonly Picture[]): Promise<Vectors> =>
      vectorsOf(encodePictures(model, pictures), pictures.length);
    const written = (sentences: readonly string[]): Promise<Vectors> => vectorsOf(model.encodeTexts(sentences), sentences.length);
    const galleries = { images: await encoded(images), texts: await written(texts), truth, captionPolicy };
    const result = await retrieval({ ...galleries, bootstrap: { seed } });
    const classified =
      classes === undefined
        ? null
        : zeroShot({ ...classes, images: await encoded(classes.images), prompts: await written(classes.prompts) });
    return { result, classified, step };
  } finally {
    model.dispose();
  }
}

async function scoredByPairs(
  { out, seed, system }: PlannedRun,
  heldOut: HeldOut,
  classes: ClassPictures | undefined,
  tower: string | undefined,
): Promise<Scored> {
  const model = await loadPairScorer(out, CHECKPOINT);
  try {
    const { images, texts, truth, captionPolicy } = heldOut;
    const { step } = model;
    const everyPair = async (kept: Float32Array, rows: number, asked: readonly string[]): Promise<PairScores> => ({
      values: await model.scoreAll(kept, asked),
      images: rows,
      texts: asked.length,
    });
    const kept = await encodePictures(model, images);
    const settings = { truth, captionPolicy, bootstrap: { seed } };
    const classified =
      classes === undefined
        ? null
        : zeroShotByScores({
            ...classes,
            scores: await everyPair(await encodePictures(model, classes.images), classes.images.length, classes.prompts),
          });
    if (tower === undefined) {
      const scores = await everyPair(kept, images.length, texts);
      return { result: retrievalByScores({ ...settings, scores, score: 'exact: every pair' }), classified, step };
    }
    const { pairs: _, ...found } = await rerank({
      tower: await towerScores(tower, heldOut),
      top: system.rerank!.top,
      scorePairs: (pairs) => model.scorePairs(kept, texts, pairs),
    });
    const score = found.score.replace('of a tower', `of ${system.rerank!.system}`);
    return { result: retrievalByScores({ ...settings, ...found, score }), classified, step };
  } finally {
    model.dispose();
  }
}

async function towerScores(folder: string, { images, texts }: HeldOut): Promise<PairScores> {
  const model = await loadRun(folder, CHECKPOINT);
  try {
    const { dim } = model;
    const pictures = await encodePictures(model, images);
    const sentences = await model.encodeTexts(texts);
    const values = new Float32Array(images.length * texts.length);
    for (let cell = 0; cell < values.length; cell++) {
      const [image, text] = [Math.floor(cell / texts.length), cell % texts.length];
      for (let d = 0; d < dim; d++) values[cell]! += pictures[image * dim + d]! * sentences[text * dim + d]!;
    }
    return { values, images: images.length, texts: texts.length };
  } finally {
    model.dispose();
  }
}

async function captionScores(folder: string, { images, references }: HeldOut): Promise<ReturnType<typeof scoreCaptions>> {
  const model = await loadCaptioner(folder, CHECKPOINT);
  try {
    const said = await model.caption(await encodePictures(model, images));
    const byId = <T>(values: readonly T[]): Record<string, T> =>
      Object.fromEntries(values.map((value, row) => [`picture ${row}`, value]));
    // a picture of which nothing is said is scored as a mark that no reference has
    return scoreCaptions(byId(references), byId(said.map((caption) => caption.trim() || '。')), { tokenizer: 'char' });
  } finally {
    model.dispose();
  }
}

/** Seconds of training up to each step; validation and checkpoints are left out. */
function secondsOf(metrics: readonly StepMetrics[], batchSize: number): number[] {
  let seconds = 0;
  return metrics.map(({ samplesPerSecond }) => (seconds += batchSize / samplesPerSecond));
}

function points(
  metrics: readonly StepMetrics[],
  batchSize: number,
  pick: (step: StepMetrics) => number | undefined,
): TrainingPoint[] {
  const seconds = secondsOf(metrics, batchSize);
  return metrics.flatMap((step, index) => {
    const value = pick(step);
    return value === undefined ? [] : [{ step: step.step, seconds: seconds[index]!, value }];
  });
}

import { loadEngine } from '@wenlan/engine';
import { engineStatus } from '@wenlan/engine/status';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXED, MICRO } from '../../test/support/micro.ts';
import type { Order, Outcome } from '../../test/support/rank-child.ts';
import { outcomesOfRanks } from '../../test/support/ranks.ts';
import { steps } from '../../test/support/steps.ts';
import type { TrainConfig } from '../train-config.ts';

const { record } = await engineStatus();
if (record === undefined)
  process.stdout.write('steps of several ranks are not tested: no engine is installed; run `wenlan engine install`.\n');

const STREAM = { layers: 1, hidden: 16, heads: 2, intermediate: 32, positions: 32, dropout: 0 };
const COUNT = 3;
/** Plain SGD, since Adam would divide rounding by rounding where a gradient is 0. */
const CONFIG: TrainConfig = { model: FIXED, batchSize: 8, queueSize: 16, learningRate: 1e-2, optimizer: 'sgd' };

/** The same batches on one rank and on two; what is not compared with one rank must still be the same on both. */
const WAYS = {
  'BriVL with queues': { learnTemperature: true },
  'BriVL, keys dealt out with their boxes': { batchShuffle: 'complete' },
  'BriVL, keys dealt out as the released code does': { batchShuffle: 'released' },
  'BriVL in micro-batches': { microBatchSize: 2, learnTemperature: true },
  CLIP: { objective: 'clip' },
  captioner: { objective: { extends: 'captioner-tiny', ...STREAM } },
} as const satisfies Record<string, TrainConfig>;

const BATCH_NORM: TrainConfig = { model: MICRO, batchShuffle: 'complete', optimizer: 'adamw' };
const ROUNDED: TrainConfig = { allReducePrecision: 'bf16' };
const UNITER: TrainConfig = { objective: { extends: 'uniter-tiny', ...STREAM } };

describe.skipIf(record === undefined)('steps of two ranks', { timeout: 600_000 }, () => {
  const outcomes = new Map<TrainConfig, Outcome[]>();
  let cameApart: Outcome[];
  beforeAll(async () => {
    const all = [...Object.values(WAYS), BATCH_NORM, ROUNDED, UNITER] as TrainConfig[];
    const orders: Order[] = all.map((config) => ({ type: 'steps', config: { ...CONFIG, ...config }, count: COUNT }));
    const found = await outcomesOfRanks(2, [...orders, { type: 'come apart', rank: 1, config: { ...CONFIG, ...UNITER } }]);
    all.forEach((config, index) => outcomes.set(config, found[index]!));
    cameApart = found.at(-1)!;
    await loadEngine();
  }, 600_000);

  /** What both ranks came to, which must be one thing. */
  function outcomeOf(config: TrainConfig): Required<Pick<Outcome, 'losses' | 'norms' | 'parts'>> {
    const [first, second] = outcomes.get(config)!;
    expect(first).toMatchObject({ tensorsLeft: 0 });
    expect(second).toEqual(first); // losses, norms and all that the rank holds, to the bit
    return first as Required<Outcome>;
  }

  async function alone(config: TrainConfig): Promise<Required<Pick<Outcome, 'losses' | 'norms' | 'parts'>>> {
    const trained = steps({ ...CONFIG, ...config });
    const reports = await trained.take(COUNT);
    trained.dispose();
    return {
      losses: reports.map(({ loss }) => loss),
      norms: reports.map(({ gradientNorm }) => gradientNorm),
      parts: reports.map(({ parts }) => parts),
    };
  }

  it.each(Object.entries<TrainConfig>(WAYS))('of %s equal those of one, and leave the same bits on both', async (_, config) => {
    const [found, wanted] = [outcomeOf(config), await alone(config)];
    found.losses.forEach((loss, step) => expect(Math.abs(loss - wanted.losses[step]!)).toBeLessThan(1e-5));
    found.norms.forEach((norm, step) => expect(Math.abs(norm / wanted.norms[step]! - 1)).toBeLessThan(1e-4));
  });

  it('see boxes masked of other pictures where the released code does, as one does', () => {
    const [{ losses }, { losses: complete }] = [
      'BriVL, keys dealt out as the released code does',
      'BriVL, keys dealt out with their boxes',
    ].map((way) => outcomeOf(WAYS[way as keyof typeof WAYS])) as [Outcome, Outcome];
    expect(losses![0]).not.toBeCloseTo(complete![0]!, 5);
  });

  it('with batch norm that is trained and dropout leave the same bits on both: parameters, statistics, queues', async () => {
    const { losses } = outcomeOf(BATCH_NORM);
    expect(losses.every((loss) => Number.isFinite(loss))).toBe(true);
    const { losses: onOne } = await alone(BATCH_NORM);
    expect(losses).not.toEqual(onOne); // each rank normalises its own pictures
  });

  it('whose gradients travel in bfloat16 stay near, and leave the same bits on both', async () => {
    const [{ losses }, wanted] = [outcomeOf(ROUNDED), await alone(ROUNDED)];
    expect(losses[0]).toBeCloseTo(wanted.losses[0]!, 5); // before any gradient
    expect(losses).not.toEqual(wanted.losses);
    losses.forEach((loss, step) => expect(Math.abs(loss / wanted.losses[step]! - 1)).toBeLessThan(1e-3));
  });

  it('that hold different bits are seen, and given those of rank 0', () => {
    const [first, second] = cameApart;
    expect(first).toMatchObject({ apart: [true, false] });
    expect(second).toEqual(first);
  });

  it('of UNITER mask the same words and regions as one, and find their negatives among their own pairs', async () => {
    const [{ parts }, wanted] = [outcomeOf(UNITER), await alone(UNITER)];
    for (const part of ['words', 'regions']) expect(parts[0]![part]).toBeCloseTo(wanted.parts[0]![part]!, 5);
    expect(Math.abs(parts[0]!['matching']! - wanted.parts[0]!['matching']!)).toBeGreaterThan(1e-7);
  });
});

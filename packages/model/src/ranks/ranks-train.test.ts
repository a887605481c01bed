import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineStatus } from '@wenlan/engine/status';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../../test/support/colour-pairs.ts';
import { FIXED, MICRO } from '../../test/support/micro.ts';
import type { OnlyOnARank, Order, Outcome } from '../../test/support/rank-child.ts';
import { outcomesOfRanks, runRanks } from '../../test/support/ranks.ts';
import { outcomeOf } from '../../test/support/run-outcome.ts';
import { readRun } from '../run-record.ts';
import type { TrainConfig } from '../train-config.ts';
import { train, type TrainOptions } from '../train.ts';

const { record } = await engineStatus();
if (record === undefined)
  process.stdout.write('training on several ranks is not tested: no engine is installed; run `wenlan engine install`.\n');

/** Batch norm and dropout as well, and keys dealt out to the ranks. */
const CONFIG: TrainConfig = {
  model: MICRO,
  steps: 8,
  batchSize: 8,
  queueSize: 16,
  queueWarmupSteps: 2,
  batchShuffle: 'complete',
  learnTemperature: true,
  learningRate: 3e-3,
  warmupSteps: 4,
  textBuckets: [8, 16],
  vocabulary: { minCount: 1 },
  checkpointEverySteps: 2,
  validateEverySteps: 4,
};
/** What several ranks compute as one does; plain SGD, since Adam would divide rounding by rounding where a gradient is 0. */
const AS_ONE: TrainConfig = { ...CONFIG, model: FIXED, optimizer: 'sgd', learningRate: 1e-2, checkpointEverySteps: 8 };
const STREAM = { layers: 1, hidden: 16, heads: 2, intermediate: 32, positions: 32 };
const CLIP: TrainConfig = { ...CONFIG, steps: 4, objective: 'clip' };
const UNITER: TrainConfig = { ...CONFIG, steps: 4, objective: { extends: 'uniter-tiny', ...STREAM } };

describe.skipIf(record === undefined)('training on two ranks', { timeout: 600_000 }, () => {
  let folder: string;
  let untold: string[];
  const optionsOf = (name: string, config = CONFIG, data = 'clean'): TrainOptions => ({
    data: join(folder, data),
    out: join(folder, name),
    config,
    seed: 7,
  });
  /** Rank 1 has a folder of its own, as on another machine. */
  const order = (options: TrainOptions, only: Omit<OnlyOnARank, 'rank'> = {}): Order => {
    const elsewhere = { out: `${options.out} on rank 1`, ...only.options };
    return { type: 'train', options, only: { rank: 1, ...only, options: elsewhere } };
  };

  /** What the ranks said, by the name of the order. */
  const said = new Map<string, Outcome[]>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-ranks-train-'));
    await writeColourPairs(join(folder, 'clean'), { train: 35, validation: 12, undecodable: [3] });
    untold = await writeColourPairs(join(folder, 'untold'), { train: 24, untold: [2] });
    const orders: Record<string, Order> = {
      whole: order(optionsOf('whole')),
      'as one': order(optionsOf('as one', AS_ONE)),
      'clip whole': order(optionsOf('clip whole', CLIP)),
      'clip aborted on rank 1': order(optionsOf('clip', CLIP), { abortAtStep: 2 }),
      clip: order(optionsOf('clip', CLIP)),
      'uniter whole': order(optionsOf('uniter whole', UNITER)),
      'uniter aborted on rank 1': order(optionsOf('uniter', UNITER), { abortAtStep: 2 }),
      uniter: order(optionsOf('uniter', UNITER)),
      finished: order(optionsOf('whole')),
      'a batch of 9': order(optionsOf('refused', { ...CONFIG, batchSize: 9, queueSize: 18 })),
      'micro-batches of 8': order(optionsOf('refused', { ...CONFIG, microBatchSize: 8 })),
      'another rate on rank 1': order(optionsOf('refused'), { options: { config: { ...CONFIG, learningRate: 1 } } }),
      'other data on rank 1': order(optionsOf('refused'), { options: { data: join(folder, 'untold') } }),
      'no text on one rank': order(optionsOf('no text', CONFIG, 'untold')),
      diverged: order(optionsOf('diverged', { ...CONFIG, learningRate: 1e30, warmupSteps: 0, learnTemperature: false })),
    };
    const outcomes = await outcomesOfRanks(2, Object.values(orders));
    Object.keys(orders).forEach((name, index) => said.set(name, outcomes[index]!));
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true }));

  const errorsOf = (name: string): (Outcome['error'] | undefined)[] => said.get(name)!.map(({ error }) => error);

  it('gives both ranks the same summary, and only the first one keeps the run', async () => {
    const [first, second] = said.get('whole')!;
    expect(first).toMatchObject({ summary: { steps: 8, samples: 64 } });
    expect(second).toEqual(first);
    expect(said.get('finished')).toEqual([first, first]);
    expect(await readRun(join(folder, 'whole'))).toMatchObject({ ranks: 2, summary: { steps: 8 } });
    expect(await readdir(join(folder, 'whole on rank 1'))).toEqual(['programs']);
  });

  it('computes what one rank does: losses, skipped pictures, recall', async () => {
    const one = await train(optionsOf('one', AS_ONE));
    const [wanted, found] = [await outcomeOf(join(folder, 'one')), await outcomeOf(join(folder, 'as one'))];
    expect(found.losses).toHaveLength(8);
    found.losses.forEach((loss, step) => expect(Math.abs(loss - wanted.losses[step]!)).toBeLessThan(1e-5));
    expect(found.skipped).toEqual(wanted.skipped);
    expect(said.get('as one')![0]!.summary).toMatchObject({ validationRecallAt10: one.validationRecallAt10 });
  });

  it('goes on with the same bits after either rank was killed', async () => {
    const options = optionsOf('killed');
    const [first, second] = await runRanks(2, [order(options, { killAtStep: 3 })]);
    expect(second).toMatchObject({ signal: 'SIGKILL' });
    expect(first!.outcomes[0]).toMatchObject({
      error: {
        name: 'GroupError',
        message: expect.stringMatching(/^Rank 1 .* has ended, and rank 0 can't go on alone/) as string,
      },
    });
    expect(await readdir(join(options.out, 'checkpoints'))).toEqual(['step-00000002']);

    const killFirst: Order = { type: 'train', options, only: { rank: 0, killAtCheckpoint: 6 } };
    const [killed, left] = await runRanks(2, [killFirst]);
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    expect(left!.outcomes[0]).toMatchObject({ error: { name: 'GroupError' } });
    expect((await readdir(join(options.out, 'checkpoints'))).sort()).toEqual([
      'step-00000002',
      'step-00000004',
      'step-00000006.tmp',
    ]);

    const [resumed, outOfMemory] = await outcomesOfRanks(2, [order(options), { type: 'run out of memory', rank: 1 }]);
    expect(resumed!.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(await outcomeOf(options.out)).toEqual(await outcomeOf(join(folder, 'whole')));

    const [waiting, exhausted] = outOfMemory!.map(({ error }) => error!);
    expect(exhausted).toMatchObject({
      exitStatus: 2,
      message: expect.stringMatching(/^Memory ran out in step 3: 4096\.0 GiB/) as string,
    });
    expect(waiting!.message).toMatch(/^Rank 1 .* has ended, and rank 0 can't go on alone/);
  });

  it.each(['clip', 'uniter'])(
    'stops %s after the same step on both when one is told to, and goes on with the same bits',
    async (name) => {
      const stopped = errorsOf(`${name} aborted on rank 1`);
      const interrupted = {
        name: 'Interrupted',
        message: 'Interrupted after step 2 of 4; run the same command again to go on from there.',
      };
      expect(stopped).toEqual([interrupted, interrupted]);
      const whole = await outcomeOf(join(folder, `${name} whole`));
      expect(whole.losses).toHaveLength(4);
      expect(await outcomeOf(join(folder, name))).toEqual(whole);
    },
  );

  it.each([
    ['a batch of 9', "train.batchSize is 9, which 2 ranks can't share; set it to 10, the nearest that they can."],
    ['micro-batches of 8', "train.microBatchSize is 8, by which the 4 pairs of each of 2 ranks don't divide; set it to 4."],
    [
      'another rate on rank 1',
      'Rank 1 was given train.learningRate 1, not 0.003 as rank 0; start all ranks with the same settings on the same data.',
    ],
    ['other data on rank 1', /^Rank 1 was given data "\w+", not "\w+" as rank 0; start all ranks with the same settings/],
  ])('refuses %s on both ranks', (name, sentence) => {
    for (const error of errorsOf(name)) {
      expect(error).toMatchObject({ name: 'UserError', exitStatus: 2, message: expect.stringMatching(sentence) as string });
    }
  });

  it('stops both ranks at what is wrong on one, with its sentence', () => {
    const sentence = `The pair ${untold[2]!} of ${join(folder, 'untold')} has no text; clean the dataset with a rule that drops such pairs.`;
    const errors = errorsOf('no text on one rank').map((error) => ({ ...error }));
    expect(errors.map(({ exitStatus }) => exitStatus)).toEqual([2, 2]);
    const rank = errors.findIndex(({ name }) => name === 'UserError');
    expect(errors[rank]!.message).toBe(sentence);
    expect(errors[1 - rank]).toMatchObject({ name: 'RankStopped', message: `Rank ${rank} has stopped: ${sentence}` });
  });

  it('stops both ranks alike at a loss that is no number, naming the pairs of both', () => {
    const [first, second] = errorsOf('diverged');
    expect(second).toEqual(first);
    expect(first!.message).toMatch(/^The loss of step \d+ is (NaN|Infinity); lower train\.learningRate, or look at its pairs: /);
    expect(first!.message.match(/\b[A-Za-z0-9]{26}\b/g)).toHaveLength(8);
  });

  it('refuses to go on with another number of ranks', async () => {
    await expect(train(optionsOf('whole'))).rejects.toMatchObject({
      code: 'RUN_DIFFERS',
      message: `${join(folder, 'whole')} holds a run of 2 ranks, not 1; go on with as many, or train into another folder.`,
    });
  });
});

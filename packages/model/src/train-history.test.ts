import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrainBatch } from './batches.ts';
import type { StepMetrics } from './metrics-log.ts';
import { parseTrainConfig } from './parse-train-config.ts';
import type { TrainConfig } from './train-config.ts';
import { readHistory, TrainHistory } from './train-history.ts';

const BATCH = { allPairs: [{ id: 'first' }, { id: 'second' }] } as unknown as TrainBatch;

/** A history as a resumed run reads it. */
async function historyOf(steps: Partial<StepMetrics>[], settings: TrainConfig): Promise<TrainHistory> {
  const out = await mkdtemp(join(tmpdir(), 'wenlan-history-'));
  const lines = steps.map((metrics, index) => `${JSON.stringify({ ...metrics, step: index + 1 })}\n`);
  await writeFile(join(out, 'metrics.jsonl'), lines.join(''));
  return new TrainHistory(parseTrainConfig({ queueWarmupSteps: 0, ...settings }), await readHistory(out, steps.length));
}

describe(TrainHistory, () => {
  const losses = (count: number, loss: number): { loss: number }[] => Array.from({ length: count }, () => ({ loss }));

  it('stops at a loss far above the last ones, naming its pairs', async () => {
    const history = await historyOf([{ loss: 5 }, ...losses(30, 1)], {});
    expect(() => history.checkLoss(32, 10, BATCH)).not.toThrow();
    expect(() => history.checkLoss(32, 10.5, BATCH)).toThrow(
      'The loss of step 32 is 10.50, 10.5 times the median of the last ones; lower train.learningRate, ' +
        'raise train.lossSpikeFactor (10), or look at its pairs: first, second.',
    );
    const stricter = await historyOf([{ loss: 5 }, ...losses(30, 1)], { lossSpikeFactor: 4 });
    expect(() => stricter.checkLoss(32, 4.9, BATCH)).not.toThrow(); // not above the first
    expect(() => stricter.checkLoss(32, 5.1, BATCH)).toThrow('5.1 times');
  });

  it('waits for enough losses, and begins anew when the queues begin to count', async () => {
    const young = await historyOf(losses(19, 1), {});
    expect(() => young.checkLoss(20, 1000, BATCH)).not.toThrow();
    const warmed = await historyOf(losses(40, 0.1), { queueWarmupSteps: 40 });
    expect(() => warmed.checkLoss(41, 15, BATCH)).not.toThrow();
    expect(() => warmed.checkLoss(40, 15, BATCH)).toThrow('150.0 times');
  });

  it('always stops at a loss that is no number', async () => {
    const history = await historyOf([], {});
    expect(() => history.checkLoss(1, NaN, BATCH)).toThrow(
      'The loss of step 1 is NaN; lower train.learningRate, or look at its pairs: first, second.',
    );
  });

  it('has stalled after so many validations without a higher recall', async () => {
    const recalls = [30, 50, 40, 50].map((validationRecallAt10) => ({ loss: 1, validationRecallAt10 }));
    const patient = await historyOf(recalls, { earlyStopValidations: 3 });
    expect(patient.bestRecall).toBe(50);
    expect(patient.hasStalled).toBe(false);
    patient.add({ validationRecallAt10: 49 } as StepMetrics);
    expect(patient.hasStalled).toBe(true);
    expect((await historyOf(recalls, { earlyStopValidations: 2 })).hasStalled).toBe(true);
    expect((await historyOf(recalls, {})).hasStalled).toBe(false);
    expect((await historyOf([{ loss: 1 }], { earlyStopValidations: 1 })).hasStalled).toBe(false);
  });
});

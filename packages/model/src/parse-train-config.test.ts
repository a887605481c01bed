import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from './parse-train-config.ts';

describe(parseTrainConfig, () => {
  it('fills in what is not given', () => {
    const config = parseTrainConfig({ steps: 5, vocabulary: { minCount: 3 } });
    expect(config).toMatchObject({ steps: 5, momentum: 0.99, temperature: 0.07, vocabulary: { maxSize: 8192, minCount: 3 } });
  });

  it('lets the queues fill before they count, unless there is nothing else to be told apart from', () => {
    expect(parseTrainConfig({}).queueWarmupSteps).toBe(300);
    expect(parseTrainConfig({ negatives: 'queue' }).queueWarmupSteps).toBe(0);
  });

  it('takes the vocabulary that lies beside the weights of a BERT, unless told', () => {
    expect(parseTrainConfig({ initText: 'roberta' }).vocabulary).toBe('roberta/vocab.txt');
    expect(parseTrainConfig({ initText: 'roberta', vocabulary: {} }).vocabulary).toEqual({ maxSize: 8192, minCount: 2 });
    expect(parseTrainConfig({}).vocabulary).toEqual({ maxSize: 8192, minCount: 2 });
  });

  it.each([
    [{ schedule: 'step' }, 'train.milestones goes with train.schedule "step", and the other way round; set both or neither.'],
    [{ milestones: [5] }, 'train.milestones goes with train.schedule "step"'],
    [{ schedule: 'step', milestones: [5, 5] }, 'train.milestones is [5, 5]; list the steps in ascending order.'],
    [
      { batchSize: 12, queueSize: 24, microBatchSize: 5 },
      "train.microBatchSize is 5, by which train.batchSize 12 doesn't divide; set it to 4.",
    ],
    [{ microBatchSize: 8, objective: 'clip' }, 'train.microBatchSize is of the objective "brivl", not of "clip"; remove it.'],
    [{ sgdMomentum: 0.5 }, 'train.sgdMomentum is of the optimizer "sgd"; remove it, or set train.optimizer to "sgd".'],
    [{ parameterGroups: [{ names: '*', rate: 2 }] }, 'train.parameterGroups.0.rate is not a known key'],
    [{ init: 'a.pth', initText: 'roberta' }, 'train.init names weights of both towers already; remove it, or train.initText.'],
    [{ init: '' }, /^train\.init is wrong/],
    [{ stepz: 5 }, 'train.stepz is not a known key; remove it or correct its name.'],
    [{ vocabulary: { minimum: 3 } }, /^train\.vocabulary/],
    [{ textWeights: { capton: 1 } }, /^train\.textWeights/],
    [{ learningRate: -1 }, /^train\.learningRate is wrong \(.*\); correct it\.$/],
    [{ batchSize: 'many' }, /^train\.batchSize is wrong/],
    [{ textBuckets: [32, 16] }, 'train.textBuckets is [32, 16]; list the lengths in ascending order.'],
    [
      { negatives: 'queue', queueWarmupSteps: 10 },
      'train.queueWarmupSteps is 10, but without the queue train.negatives "queue" has none; set it to 0, or negatives to "batch+queue".',
    ],
    [{ batchSize: 32, queueSize: 100 }, 'queueSize 100 is no multiple of batchSize 32; set it to 96, the nearest that is.'],
  ])('refuses %j by name', (value, sentence) => {
    expect(() => parseTrainConfig(value)).toThrow(sentence);
    expect(() => parseTrainConfig(value)).toThrow(expect.objectContaining({ exitStatus: 2 }) as Error);
  });
});

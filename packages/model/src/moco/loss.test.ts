import { readFileSync } from 'node:fs';
import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { l2Normalize } from '../nn/l2-normalize.ts';
import { type MocoInputs, mocoLoss } from './loss.ts';
import { MocoQueues } from './queues.ts';

interface Fixture {
  batch: number;
  dim: number;
  queueSize: number;
  temperature: number;
  inputs: Record<'imageQueries' | 'textQueries' | 'imageKeys' | 'textKeys' | 'imageQueue' | 'textQueue', number[]>;
  expected: Record<
    'imageToText' | 'textToImage' | 'imageQueryGradients' | 'textQueryGradients' | 'imageQueue' | 'textQueue',
    number[]
  > & {
    loss: number;
    pointer: number;
  };
}
const fixture = JSON.parse(readFileSync(new URL('fixtures/released-loss.json', import.meta.url), 'utf8')) as Fixture;
const { batch, dim, queueSize, temperature, inputs, expected } = fixture;
const rows = (values: number[]): tf.Tensor2D => tf.tensor2d(values, [values.length / dim, dim]);
const scale = (): tf.Scalar => tf.scalar(1 / temperature);

/** The largest distance of two lists, relative to the largest expected value. */
function distance(found: ArrayLike<number>, wanted: number[]): number {
  expect(found).toHaveLength(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, index) => Math.abs(value - found[index]!))) / largest;
}

/** A sample's own key is excluded, as always; further marks by sample and position. */
function excludedAnd(marks: [sample: number, position: number][]): tf.Tensor2D {
  const buffer = tf.buffer([batch, batch + queueSize]);
  for (const [sample, position] of [[0, 0], [1, 1], [2, 2], [3, 3], ...marks] as [number, number][])
    buffer.set(1, sample, position);
  return buffer.toTensor() as tf.Tensor2D;
}

function mocoInputs(imageQueries: tf.Tensor2D, textQueries: tf.Tensor2D): MocoInputs {
  return {
    excluded: excludedAnd([]),
    imageQueries: l2Normalize(imageQueries),
    textQueries: l2Normalize(textQueries),
    imageKeys: l2Normalize(rows(inputs.imageKeys)),
    textKeys: l2Normalize(rows(inputs.textKeys)),
    imageQueue: rows(inputs.imageQueue),
    textQueue: rows(inputs.textQueue),
  };
}

describe('cross-modal MoCo beside the released code', () => {
  beforeAll(async () => {
    await loadEngine();
  });

  it('has its losses, sample by sample', () => {
    const { imageToText, textToImage, loss } = mocoLoss(
      mocoInputs(rows(inputs.imageQueries), rows(inputs.textQueries)),
      scale(),
      'queue',
    );
    expect(distance(imageToText.dataSync(), expected.imageToText)).toBeLessThan(1e-6);
    expect(distance(textToImage.dataSync(), expected.textToImage)).toBeLessThan(1e-6);
    expect(distance(loss.dataSync(), [expected.loss])).toBeLessThan(1e-6);
  });

  it('has its gradients by the raw queries', () => {
    const gradients = tf.grads((image: tf.Tensor, text: tf.Tensor) =>
      tf.tidy(() => mocoLoss(mocoInputs(image as tf.Tensor2D, text as tf.Tensor2D), scale(), 'queue').loss),
    );
    const [image, text] = gradients([rows(inputs.imageQueries), rows(inputs.textQueries)]);
    expect(distance(image!.dataSync(), expected.imageQueryGradients)).toBeLessThan(1e-5);
    expect(distance(text!.dataSync(), expected.textQueryGradients)).toBeLessThan(1e-5);
  });

  it('has its queues and pointer after the step', () => {
    const queues = new MocoQueues(queueSize, dim, 1);
    queues.images.assign(rows(inputs.imageQueue));
    queues.texts.assign(rows(inputs.textQueue));
    const slots = tf.tensor1d(queues.slots(batch), 'int32');
    queues.enqueue(slots, l2Normalize(rows(inputs.imageKeys)), l2Normalize(rows(inputs.textKeys)));
    queues.advance(['a', 'b', 'c', 'd'].map((id) => ({ id, text: `${id}的图` })));
    expect(distance(queues.images.dataSync(), expected.imageQueue)).toBeLessThan(1e-6);
    expect(distance(queues.texts.dataSync(), expected.textQueue)).toBeLessThan(1e-6);
    expect(queues.pointer).toBe(expected.pointer);
    queues.dispose();
  });
});

describe('negatives', () => {
  const logits = (queries: tf.Tensor2D, keys: tf.Tensor2D): number[][] =>
    tf.mul(tf.matMul(queries, keys, false, true), 1 / temperature).arraySync() as number[][];
  const logSumExp = (values: number[]): number => Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));

  it('take in the other samples of the batch when asked to', () => {
    const all = mocoInputs(rows(inputs.imageQueries), rows(inputs.textQueries));
    const own = logits(all.imageQueries, all.textKeys);
    const queue = logits(all.imageQueries, all.textQueue!);
    const wanted = own.map((row, index) => logSumExp([...row, ...queue[index]!]) - row[index]!);
    expect(distance(mocoLoss(all, scale(), 'batch+queue').imageToText.dataSync(), wanted)).toBeLessThan(1e-5);
  });

  it.each(['queue', 'batch+queue'] as const)('leave out what is marked (%s)', (negatives) => {
    const all = mocoInputs(rows(inputs.imageQueries), rows(inputs.textQueries));
    const excluded = excludedAnd([
      [0, 2],
      [0, batch + 5],
    ]); // of sample 0: key 2 of the batch and slot 5 of the queue
    const masked = mocoLoss({ ...all, excluded }, scale(), negatives).imageToText.arraySync();
    const plain = mocoLoss(all, scale(), negatives).imageToText.arraySync();
    expect(masked.slice(1)).toEqual(plain.slice(1));

    const own = logits(all.imageQueries, all.textKeys)[0]!;
    const queue = logits(all.imageQueries, all.textQueue!)[0]!.filter((_, slot) => slot !== 5);
    const others = negatives === 'queue' ? [] : [own[1]!, own[3]!];
    expect(masked[0]).toBeCloseTo(logSumExp([own[0]!, ...others, ...queue]) - own[0]!, 4);
  });
});

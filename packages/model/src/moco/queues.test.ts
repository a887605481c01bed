import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { excludedKeys } from './excluded-keys.ts';
import { momentumUpdate } from './momentum.ts';
import { checkQueueSize, MocoQueues, type Provenance } from './queues.ts';

const named = (...ids: string[]): Provenance[] => ids.map((id) => ({ id, text: `text of ${id}` }));

describe(MocoQueues, () => {
  beforeAll(async () => {
    await loadEngine();
  });

  it('starts as unit vectors that depend on the seed', () => {
    const queues = [1, 1, 2].map((seed) => new MocoQueues(6, 4, seed));
    const [first, second, third] = queues.map(({ images }) => images.dataSync());
    expect(tf.norm(queues[0]!.texts, 2, 1).arraySync()).toEqual(Array.from({ length: 6 }, () => expect.closeTo(1, 5)));
    expect(first).toEqual(second);
    expect(first).not.toEqual(third);
    for (const each of queues) each.dispose();
  });

  it('closes the ring and remembers whose keys it holds', () => {
    const queues = new MocoQueues(4, 2, 1);
    for (const [value, ids] of [
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ].entries()) {
      const keys = tf.mul(tf.ones([2, 2]), value) as tf.Tensor2D;
      queues.enqueue(tf.tensor1d(queues.slots(2), 'int32'), keys, keys);
      queues.advance(named(...ids));
    }
    expect(queues.images.arraySync()).toEqual([
      [2, 2],
      [2, 2],
      [1, 1],
      [1, 1],
    ]);
    expect(queues.provenance).toEqual(named('e', 'f', 'c', 'd'));
    expect(queues.pointer).toBe(2);
    queues.dispose();
  });
});

describe(checkQueueSize, () => {
  it('accepts multiples and names the nearest one otherwise', () => {
    expect(() => checkQueueSize(960, 32)).not.toThrow();
    expect(() => checkQueueSize(1000, 32)).toThrow(
      'queueSize 1000 is no multiple of batchSize 32; set it to 992, the nearest that is.',
    );
    expect(() => checkQueueSize(0, 32)).not.toThrow(); // no queue: the batch alone
  });
});

describe(excludedKeys, () => {
  const batch = [
    { id: 'a', text: '狗' },
    { id: 'b', text: '猫' },
    { id: 'c', text: '狗' },
  ];
  const queue = [{ id: 'b', text: '小猫' }, null, { id: 'x', text: '狗' }];

  it('are the positives alone, unless more is asked for', () => {
    expect(excludedKeys(batch, queue, { maskFalseNegatives: false, queueCounts: true }).join('')).toBe('100000010000001000');
  });

  it('are all of the queue while it does not count', () => {
    const settings = { maskFalseNegatives: false, queueCounts: false };
    expect(excludedKeys(batch, queue, settings).join('')).toBe('100111010111001111');
  });

  it('are those of the same picture or text as well', () => {
    expect(excludedKeys(batch, queue, { maskFalseNegatives: true, queueCounts: true }).join('')).toBe('101001010100101001');
  });
});

describe(momentumUpdate, () => {
  it('moves keys towards queries', () => {
    const pair = { query: tf.variable(tf.tensor1d([1, 2])), key: tf.variable(tf.tensor1d([0, 4])) };
    momentumUpdate([pair], 0.75);
    expect([...pair.key.dataSync()]).toEqual([0.25, 3.5]);
    tf.dispose([pair.query, pair.key]);
  });
});

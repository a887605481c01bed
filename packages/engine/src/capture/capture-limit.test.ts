import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadEngine, tf } from '../load.ts';
import { capture } from './capture.ts';

describe('the number of shapes of a captured step', () => {
  beforeAll(async () => {
    await loadEngine();
  });

  it('brings a warning at the 13th, and is refused at the 17th, which leaves the others usable', async () => {
    const step = capture((x: tf.Tensor) => tf.sum(x));
    const sum = (size: number): number => step(tf.ones([size])).dataSync()[0]!;
    for (let size = 1; size <= 12; size++) expect(sum(size)).toBe(size);
    const warned = once(process, 'warning') as Promise<[Error]>;
    expect(sum(13)).toBe(13);
    const [{ name, message }] = await warned;
    expect({ name, message }).toEqual({
      name: 'CaptureWarning',
      message:
        'A captured step has been recorded at 13 sets of shapes, now float32[13]; it takes no more than 16, and each costs memory: pad the inputs to fewer lengths.',
    });
    for (let size = 14; size <= 16; size++) expect(sum(size)).toBe(size);
    expect(() => sum(17)).toThrow(
      'A captured step was called with more than 16 sets of shapes, now float32[17]; pad the inputs to fewer lengths.',
    );
    expect(sum(3)).toBe(3);
    expect(step.programs).toBe(16);
    step.dispose();
  });
});

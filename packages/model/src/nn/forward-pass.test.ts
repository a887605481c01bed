import { loadEngine, tf } from '@wenlan/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForwardPass } from './forward-pass.ts';
import { ones, zeros } from './initializer.ts';
import { ParameterStore } from './parameter-store.ts';

describe(ForwardPass, () => {
  let store: ParameterStore;
  beforeAll(async () => {
    await loadEngine();
    store = new ParameterStore(1);
    store.add('trained', [1], ones);
    store.add('frozen', [1], ones, { trainable: false });
    store.add('mean', [2], zeros, { buffer: true });
  });
  afterAll(() => store.dispose());

  it('has frozen layers in inference mode, unless told otherwise', () => {
    const modes = [true, false].map((frozenInference) => {
      const pass = new ForwardPass(store, { training: true }, frozenInference);
      return [pass.isTraining('trained'), pass.isTraining('frozen')];
    });
    expect(modes).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(new ForwardPass(store, { training: false }, false).isTraining('trained')).toBe(false);
  });

  it('drops out by seed and place', () => {
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([40, 50]);
      const passAt = (seed: number): ForwardPass =>
        new ForwardPass(store, { training: true, seed: tf.tensor1d([seed, 1], 'int32') }, true);
      const pass = passAt(7);
      const [first, second] = [pass, pass, passAt(8)].map((each) => each.dropout(x, 0.25, 'trained').dataSync());
      expect(passAt(7).dropout(x, 0.25, 'trained').dataSync()).toEqual(first);
      expect(second).not.toEqual(first);
      expect(passAt(8).dropout(x, 0.25, 'trained').dataSync()).not.toEqual(first);
      const kept = first!.filter((value) => value !== 0);
      expect(kept.length / 2000).toBeCloseTo(0.75, 1);
      expect(kept[0]).toBeCloseTo(4 / 3, 5);
      expect(passAt(7).dropout(x, 0.25, 'frozen')).toBe(x);
      expect(passAt(7).dropout(x, 0, 'trained')).toBe(x);
    });
  });

  it('asks for a seed where it drops out', () => {
    const pass = new ForwardPass(store, { training: true }, true);
    const x = tf.zeros([1]);
    expect(() => pass.dropout(x, 0.1, 'trained')).toThrow('Dropout of trained: training needs a seed');
    x.dispose();
  });

  it('moves a statistic by its momentum', () => {
    const pass = new ForwardPass(store, { training: true }, true);
    tf.tidy(() => pass.moveStatistic('mean', tf.tensor1d([1, 2]), 0.1));
    expect([...store.get('mean').dataSync()]).toEqual([expect.closeTo(0.1, 6), expect.closeTo(0.2, 6)]);
  });
});

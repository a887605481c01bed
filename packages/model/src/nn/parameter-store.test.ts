import { loadEngine, tf } from '@wenlan/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { ones, zeros } from './initializer.ts';
import { type Init, type Layout, ParameterStore } from './parameter-store.ts';

const normal: Init = { kind: 'normal', standardDeviation: 0.5 };

describe(ParameterStore, () => {
  beforeAll(async () => {
    await loadEngine();
  });

  // where the value at out 1, in 2, row 1, column 2 lies, here and there
  it.each<[Layout, number[], number[], number, number]>([
    ['plain', [5, 3], [5, 3], 2 + 3 * 1, 2 + 3 * 1],
    ['conv', [4, 3, 2, 5], [2, 5, 3, 4], 2 + 5 * (1 + 2 * (2 + 3 * 1)), 1 + 4 * (2 + 3 * (2 + 5 * 1))],
    ['depthwise', [4, 1, 2, 5], [2, 5, 4, 1], 2 + 5 * (1 + 2 * 1), 1 + 4 * (2 + 5 * 1)],
  ])('keeps a %s tensor in the layout of TensorFlow', async (layout, torchShape, shape, torchPlace, place) => {
    const before = tf.memory().numTensors;
    const store = new ParameterStore(1);
    store.add('weight', torchShape, zeros, { layout });
    const values = Float32Array.from({ length: torchShape.reduce((product, side) => product * side, 1) }, (_, index) => index);
    store.importTorch('weight', values);
    const { variable } = store.entries()[0]!;
    expect(variable.shape).toEqual(shape);
    expect(variable.dataSync()[place]).toBe(torchPlace);
    expect(await store.exportTorch('weight')).toEqual(values);
    store.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('draws by seed and name, whatever was drawn before', async () => {
    const draw = async (seed: number, ...names: string[]): Promise<Float32Array> => {
      const store = new ParameterStore(seed);
      for (const name of names) store.add(name, [300], normal);
      const values = (await store.exportTorch('a')).slice();
      store.dispose();
      return values;
    };
    const values = await draw(1, 'a');
    expect(await draw(1, 'b', 'c', 'a')).toEqual(values);
    expect(await draw(2, 'a')).not.toEqual(values);
    const deviation = Math.hypot(...values) / Math.sqrt(300);
    expect(deviation).toBeGreaterThan(0.4);
    expect(deviation).toBeLessThan(0.6);
  });

  it('makes a copy that shares nothing', () => {
    const store = new ParameterStore(1);
    store.add('weight', [4, 3, 2, 2], normal, { layout: 'conv', trainable: false });
    store.add('bn.running_var', [3], ones, { buffer: true });
    const copy = store.clone();
    const described = (of: ParameterStore): object[] => of.entries().map(({ variable: _, ...entry }) => entry);
    expect(described(copy)).toEqual(described(store));
    expect(copy.get('weight').dataSync()).toEqual(store.get('weight').dataSync());
    copy.importTorch('bn.running_var', Float32Array.of(5, 6, 7));
    expect([...store.get('bn.running_var').dataSync()]).toEqual([1, 1, 1]);
    expect(described(store)[1]).toMatchObject({ trainable: false, buffer: true });
    store.dispose();
    copy.dispose();
  });

  it('makes a copy that shares what is never moved', () => {
    const before = tf.memory().numTensors;
    const store = new ParameterStore(1);
    store.add('frozen', [2], ones, { trainable: false, frozen: true });
    store.add('trained', [2], ones);
    const copy = store.clone(({ frozen }) => frozen);
    expect(copy.entries().map(({ name }) => name)).toEqual(['frozen', 'trained']);
    expect(copy.get('frozen')).toBe(store.get('frozen'));
    expect(copy.get('trained')).not.toBe(store.get('trained'));
    copy.dispose();
    expect([...store.get('frozen').dataSync()]).toEqual([1, 1]);
    store.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names what is missing, there already, or of another size', () => {
    const store = new ParameterStore(1);
    store.add('bias', [3], zeros);
    expect(() => store.get('weight')).toThrow('The tower has no parameter weight');
    expect(() => store.add('bias', [3], zeros)).toThrow('The tower has a parameter bias already');
    expect(() => store.importTorch('bias', new Float32Array(4))).toThrow('bias has shape [3], that is 3 values, not 4');
    store.dispose();
  });
});

import { expect } from 'vitest';
import type { tf } from '@wenlan/engine';
import type { ParameterSpec } from '../../src/nn/parameter-spec.ts';
import { ParameterStore } from '../../src/nn/parameter-store.ts';

/** FNV-1a, 32 bits, of the UTF-8 bytes. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The formula that fills weights and inputs of the reference figures, so that any language can repeat them: with h the FNV-1a hash of
 * the name, s = (h mod 6283) / 1000, o = h mod 1009 and q = i + o,
 *
 *     p(i) = sin(0.37 i + 0.61 (q² mod 1009) + s)
 *
 * and the value offset + scale · p(i), rounded to float32. All but 0.37 i repeats after 1009 places, so two tables and the sum of
 * angles stand for a sine at each place.
 */
export function fill(name: string, count: number, scale = 1, offset = 0): Float32Array {
  const hash = fnv1a32(name);
  const angles = Array.from({ length: PERIOD }, (_, place) => {
    const q = (place + (hash % PERIOD)) % PERIOD;
    return 0.37 * place + 0.61 * ((q * q) % PERIOD) + (hash % 6283) / 1000;
  });
  const [sines, cosines] = [Float64Array.from(angles, Math.sin), Float64Array.from(angles, Math.cos)];
  const values = new Float32Array(count);
  for (let start = 0; start < count; start += PERIOD) {
    const [sine, cosine] = [Math.sin(0.37 * start), Math.cos(0.37 * start)];
    const places = Math.min(PERIOD, count - start);
    for (let place = 0; place < places; place++) {
      values[start + place] = offset + scale * (sines[place]! * cosine + cosines[place]! * sine);
    }
  }
  return values;
}

const PERIOD = 1009;

/** A row of a fixture: name, shape in PyTorch's layout, offset and scale. */
type Filled = [name: string, shape: number[], offset: number, scale: number];

/**
 * A store of declared parameters with values by the formula; the declared names and shapes must be those of the fixture.
 * @param hashedName from a name in the store to the one that is hashed
 */
export function filledStore(
  specs: readonly ParameterSpec[],
  rows: readonly unknown[][],
  hashedName: (name: string) => string,
): ParameterStore {
  const byName = new Map((rows as Filled[]).map((row) => [row[0], row]));
  const store = ParameterStore.of(specs, 1);
  for (const { name, torchShape } of store.entries()) {
    const hashed = hashedName(name);
    const row = byName.get(hashed.slice(hashed.indexOf('/') + 1));
    expect(row?.[1], `${name} in the fixture`).toEqual(torchShape);
    const [, shape, offset, scale] = row!;
    store.importTorch(
      name,
      fill(
        hashed,
        shape.reduce((product, side) => product * side, 1),
        scale,
        offset,
      ),
    );
  }
  expect(store.entries()).toHaveLength(rows.length);
  return store;
}

/** What a fixture keeps of a tensor: some of its values by flat index, and figures of all of them. */
export interface Summary {
  shape: number[];
  mean: number;
  std: number;
  absmax: number;
  at: number[];
  values: number[];
}

/** The largest distance of the values from the summary, relative to its largest magnitude. */
export function distanceFrom(tensor: tf.Tensor, summary: Summary): number {
  expect(tensor.shape).toEqual(summary.shape);
  const values = tensor.dataSync() as Float32Array;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const largest = values.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  const found = [...summary.at.map((index) => values[index]!), mean, std, largest];
  return distance(found, [...summary.values, summary.mean, summary.std, summary.absmax]);
}

/** The largest distance of two lists, relative to the largest expected magnitude. */
export function distance(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found).toHaveLength(wanted.length);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0) / largest;
}

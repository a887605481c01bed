import { seededUint32 } from '../seeded.ts';

/** How a parameter starts. */
export type Init =
  | { kind: 'constant'; value: number }
  | { kind: 'normal'; standardDeviation: number }
  | { kind: 'uniform'; bound: number };

export const zeros: Init = { kind: 'constant', value: 0 };
export const ones: Init = { kind: 'constant', value: 1 };

/**
 * Start values of a parameter. They depend on the seed and its name and on nothing else, so the order in which a model is put
 * together doesn't matter.
 */
export function drawInit(init: Init, count: number, seed: number, name: string): Float32Array {
  const values = new Float32Array(count);
  if (init.kind === 'constant') return values.fill(init.value);
  const uniform = mulberry32(seededUint32(seed, name));
  if (init.kind === 'uniform') return values.map(() => (2 * uniform() - 1) * init.bound);
  for (let index = 0; index < count; index += 2) {
    // Box and Muller 1958; 1 - u keeps the logarithm finite
    const radius = init.standardDeviation * Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[index] = radius * Math.cos(angle);
    if (index + 1 < count) values[index + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Tommy Ettinger's generator of 32 bits of state: numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

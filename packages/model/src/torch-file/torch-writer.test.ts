import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTorchFile } from './torch-reader.ts';
import { writeTorchFile } from './torch-writer.ts';

const TENSORS = [
  { name: 'a.weight', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 1e-30) },
  { name: '文', shape: [3], data: Uint8Array.of(7, 8, 9) },
  { name: 'ids', shape: [2, 1], data: Int32Array.of(-5, 6) },
  { name: 'counter', shape: [], data: BigInt64Array.of(-7n) },
  { name: 'empty', shape: [0, 2], data: new Float64Array() },
];

describe(writeTorchFile, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-torch-'));
  });

  it.each([undefined, 'learnable'])('is read back, its tensors under %s', async (under) => {
    const file = join(folder, `${under}.pth`);
    await writeTorchFile(file, TENSORS, under === undefined ? {} : { under });
    const reader = await readTorchFile(file);
    const prefix = under === undefined ? '' : `${under}.`;
    expect([...reader.entries.keys()]).toEqual(TENSORS.map(({ name }) => prefix + name));
    for (const { name, shape, data } of TENSORS) {
      expect(reader.entries.get(prefix + name)!.shape).toEqual(shape);
      expect(await reader.read(prefix + name)).toEqual(data);
    }
    await reader.close();
  });

  it('takes values when it is their turn, and writes equal bytes for equal tensors', async () => {
    const asked: string[] = [];
    const sources = TENSORS.slice(0, 3).map(({ name, shape, data }) => ({
      name,
      shape,
      dtype: ({ Float32Array: 'F32', Uint8Array: 'U8', Int32Array: 'I32' } as const)[
        data.constructor.name as 'Float32Array' | 'Uint8Array' | 'Int32Array'
      ],
      load: () => Promise.resolve(asked.push(name)).then(() => data),
    }));
    const [first, second] = [join(folder, 'first.pth'), join(folder, 'second.pth')];
    await writeTorchFile(first, TENSORS.slice(0, 3));
    await writeTorchFile(second, sources);
    expect(asked).toEqual(['a.weight', '文', 'ids']);
    expect(await readFile(second)).toEqual(await readFile(first));
  });

  it('refuses a shape that does not hold its values', async () => {
    const wrong = { name: 'x', shape: [2], data: Float32Array.of(1) };
    await expect(writeTorchFile(join(folder, 'x.pth'), [wrong])).rejects.toThrow('x has shape [2] but 1 values');
  });
});

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SafetensorsReader, writeSafetensors } from './safetensors.ts';

const TENSORS = [
  { name: 'a.weight', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 1e-30) },
  { name: 'bytes', shape: [3], data: Uint8Array.of(7, 8, 9) }, // leaves what follows unaligned
  { name: 'ids', shape: [2, 1], data: Int32Array.of(-5, 6) },
  { name: 'scalar', shape: [], data: Float32Array.of(0.1) },
];

describe('safetensors', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-safetensors-'));
  });

  it('reads back what it wrote, bit for bit', async () => {
    const file = join(folder, 'whole.safetensors');
    const { sha256, bytes } = await writeSafetensors(file, TENSORS, { format: 'pt' });
    const written = await readFile(file);
    expect(bytes).toBe(written.length);
    expect(sha256).toBe(createHash('sha256').update(written).digest('hex'));

    const reader = await SafetensorsReader.open(file);
    expect(reader.metadata).toEqual({ format: 'pt' });
    expect([...reader.entries.keys()]).toEqual(TENSORS.map(({ name }) => name));
    for (const { name, shape, data } of TENSORS) {
      expect(reader.entries.get(name)!.shape).toEqual(shape);
      expect(await reader.read(name)).toEqual(data);
    }
    await expect(reader.read('absent')).rejects.toThrow(/holds no tensor "absent"/);
    await reader.close();
  });

  it('lays the file out as the format says', async () => {
    const file = join(folder, 'layout.safetensors');
    await writeSafetensors(file, [{ name: 'x', shape: [1], data: Float32Array.of(1) }]);
    const header = '{"__metadata__":{},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(72);
    expect([...(await readFile(file))]).toEqual([72, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(padded), 0, 0, 0x80, 0x3f]);
  });

  it('widens half precision and reads the integers of PyTorch', async () => {
    const file = join(folder, 'types.safetensors');
    const header =
      '{"half":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"bfloat":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]},' +
      '"counter":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}';
    const length = Buffer.of(header.length, 0, 0, 0, 0, 0, 0, 0);
    const data = Buffer.of(0x00, 0x3e, 0x01, 0x80, 0x00, 0xfc, 0xc0, 0x3f, 7, 0, 0, 0, 0, 0, 0, 0);
    await writeFile(file, Buffer.concat([length, Buffer.from(header), data]));
    const reader = await SafetensorsReader.open(file);
    expect(await reader.read('half')).toEqual(Float32Array.of(1.5, -(2 ** -24), -Infinity));
    expect(await reader.read('bfloat')).toEqual(Float32Array.of(1.5));
    expect(await reader.read('counter')).toEqual(BigInt64Array.of(7n));
    await reader.close();
  });

  it('refuses a damaged or foreign file', async () => {
    const file = join(folder, 'cut.safetensors');
    const { bytes } = await writeSafetensors(file, TENSORS);
    await truncate(file, bytes - 1);
    await expect(SafetensorsReader.open(file)).rejects.toThrow(
      /cut\.safetensors isn't usable: "scalar" lies outside of the file/,
    );
    await truncate(file, 20);
    await expect(SafetensorsReader.open(file)).rejects.toThrow(/header is cut short/);
    await writeFile(file, Buffer.concat([Buffer.of(4, 0, 0, 0, 0, 0, 0, 0), Buffer.from('{"a:')]));
    await expect(SafetensorsReader.open(file)).rejects.toThrow(/header is no JSON/);
    for (const [header, sentence] of [
      ['[1, 2] ', /header is no object/],
      ['{"a":1}', /"a" is described wrongly/],
      ['{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', /"a" is described wrongly/],
    ] as const) {
      await writeFile(file, Buffer.concat([Buffer.of(header.length, 0, 0, 0, 0, 0, 0, 0), Buffer.from(header)]));
      await expect(SafetensorsReader.open(file)).rejects.toThrow(sentence);
    }
    const foreign = '{"a":{"dtype":"F8_E4M3","shape":[],"data_offsets":[0,1]}}';
    await writeFile(file, Buffer.concat([Buffer.of(foreign.length, 0, 0, 0, 0, 0, 0, 0), Buffer.from(`${foreign} `)]));
    await expect(SafetensorsReader.open(file)).rejects.toThrow(/"a" is of type F8_E4M3/);
    await expect(SafetensorsReader.open(join(folder, 'absent'))).rejects.toThrow(/absent can't be opened/);
  });
});

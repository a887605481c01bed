import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@wenlan/shards';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorData } from '../element-types.ts';
import { readTorchFile } from './torch-reader.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures'); // make.py says how they were made
const FORMATS = ['nested.zip.pth', 'nested.legacy.pth'];

/** 1e-40 as bfloat16. */
const BF16_TINY = 2 ** -133;

const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const eighths = Array.from({ length: 24 }, (_, index) => index / 8);
const EXPECTED: Record<string, [shape: number[], data: TensorData]> = {
  'learnable.a.weight': [[2, 3, 4], floats(...eighths)],
  transposed: [[4, 2, 3], floats(...Array.from({ length: 24 }, (_, at) => eighths[4 * (at % 6) + Math.floor(at / 6)]!))],
  tail: [[6], floats(4, 5, 6, 7, 8, 9)],
  strided: [[3], floats(1, 4, 7)],
  half: [[5], floats(1.5, -2.25, 65504, 2 ** -24, Infinity)],
  bfloat: [[4], floats(1.5, -2.25, 226 * 2 ** 120, BF16_TINY)],
  double: [[1, 2], Float64Array.of(0.1, 1e-300)],
  counter: [[], BigInt64Array.of(7n)],
  ints: [[2], Int32Array.of(-5, 6)],
  bytes: [[3], Uint8Array.of(7, 8, 255)],
  flags: [[2], Uint8Array.of(1, 0)],
  expanded: [[2, 3], floats(1, 1, 1, 2, 2, 2)],
  empty: [[0, 4], floats()],
  parameter: [[2], floats(1, 2)],
  'norm.weight': [[3], floats(1, 1, 1)],
  'norm.bias': [[3], floats(0, 0, 0)],
  'norm.running_mean': [[3], floats(0, 0, 0)],
  'norm.running_var': [[3], floats(1, 1, 1)],
  'norm.num_batches_tracked': [[], BigInt64Array.of(0n)],
};

/** Opens, reads everything, closes. */
async function readAll(file: string): Promise<Record<string, TensorData>> {
  const reader = await readTorchFile(file);
  try {
    const tensors: Record<string, TensorData> = {};
    for (const name of reader.entries.keys()) tensors[name] = await reader.read(name);
    return tensors;
  } finally {
    await reader.close();
  }
}

describe(readTorchFile, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-torch-'));
  });

  it.each(FORMATS)('reads what PyTorch wrote: %s', async (fixture) => {
    const reader = await readTorchFile(join(FIXTURES, fixture));
    expect([...reader.entries.keys()]).toEqual(Object.keys(EXPECTED).map((name) => `state_dict.${name}`));
    for (const [name, [shape, data]] of Object.entries(EXPECTED)) {
      expect(reader.entries.get(`state_dict.${name}`)!.shape, name).toEqual(shape);
      expect(await reader.read(`state_dict.${name}`), name).toEqual(data);
    }
    await expect(reader.read('absent')).rejects.toThrow(/pth isn't usable: it holds no tensor "absent"; /);
    await reader.close();
  });

  it.each(['foreign.zip.pth', 'foreign.legacy.pth'])('executes nothing and names what was asked for: %s', async (fixture) => {
    const opening = readTorchFile(join(FIXTURES, fixture));
    await expect(opening).rejects.toThrow(
      /foreign\.\w+\.pth asks for (posix|nt)\.system, which tensors don't need, so it isn't loaded; save its state_dict\(\) alone/,
    );
    await expect(opening).rejects.toThrow(expect.objectContaining({ exitStatus: 2 }) as Error);
  });

  const legacyWith = async (name: string, pickle: Buffer | string): Promise<string> => {
    const whole = await readFile(join(FIXTURES, 'nested.legacy.pth'));
    const first3 = whole.indexOf(Buffer.from('type_sizes')) + 1;
    const start = whole.indexOf(Buffer.from([0x2e, 0x80, 0x02]), first3) + 1; // the value's pickle
    const file = join(folder, name);
    await writeFile(file, Buffer.concat([whole.subarray(0, start), Buffer.from(pickle as string, 'latin1')]));
    return file;
  };

  it.each([
    ['\x80\x02cbuiltins\neval\n.', /asks for builtins\.eval, which/],
    ['\x80\x04\x8c\x02os\x8c\x05popen\x93.', /asks for os\.popen, which/],
    ['\x80\x02X\x06\0\0\0moduleQ.', /asks for a persistent module, which/],
    ['\x80\x02iposix\nsystem\n.', /the pickle instruction 0x69 at byte \d+ isn't one that data needs/],
    ['\x80\x02K\x01K\x02R.', /calls what is no function/],
    ['\x80\x02ccollections\nOrderedDict\nK\x01R.', /calls collections\.OrderedDict without arguments/],
    ['\x80\x02ccollections\nOrderedDict\nK\x01\x85R.', /one of its dicts is described wrongly/],
    ['\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.', /one of its tensors is described wrongly/],
    ['\x80\x02(X\x07\0\0\0storagectorch\nFloatStorage\nK\x01K\x02K\x03tQ.', /one of its storages is described wrongly/],
    [
      '\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000NK\x04tQK\x00(K\x02K\x03t(K\x03K\x01ttR.',
      /one of its tensors lies outside of its storage/,
    ],
    ['\x80\x02K\x01(u.', /adds to a dict where there is none/],
    ['\x80\x02}(K\x01u.', /sets a key without a value/],
    ['\x80\x020.', /takes from an empty stack/],
    ['\x80\x02t.', /goes back to a mark that was never set/],
    ['\x80\x02h\x07.', /recalls what it never put aside \(7\)/],
    ['\x80\x02X\xff\xff\xff\x7f', /its pickle is cut short/],
    ['\x80\x02]q\0h\0a.\x80\x02].', /its dicts are nested without end/],
    ['\x80\x02}.\x80\x02].', /it holds no tensors; name an undamaged one that torch\.save wrote\.$/],
  ])('refuses the pickle %j', async (pickle, sentence) => {
    const file = await legacyWith('pickle.pth', pickle);
    await expect(readTorchFile(file)).rejects.toThrow(sentence);
    await expect(readTorchFile(file)).rejects.toThrow(UserError);
  });

  it('refuses what torch.save did not write', async () => {
    const file = join(folder, 'other.pth');
    for (const [content, sentence] of [
      ['', /it is no file of torch\.save/],
      ['<html>', /it is no file of torch\.save/],
      ['\x80\x02}.', /it is a pickle, but no file of torch\.save/],
      ['PK\x03\x04', /its zip directory is missing, as in a download cut short/],
    ] as const) {
      await writeFile(file, content, 'latin1');
      await expect(readTorchFile(file)).rejects.toThrow(sentence);
    }
    await expect(readTorchFile(folder)).rejects.toThrow(/it is no file/);
    await expect(readTorchFile(join(folder, 'absent'))).rejects.toThrow(/absent can't be opened; name an existing file/);
  });

  it.each(FORMATS)('meets damage anywhere with a sentence: %s', async (fixture) => {
    const whole = await readFile(join(FIXTURES, fixture));
    const file = join(folder, `damaged-${fixture}`);
    const outcome = async (bytes: Buffer): Promise<string> => {
      await writeFile(file, bytes);
      return await readAll(file).then(
        () => 'read',
        (error: unknown) => (error instanceof UserError ? 'refused' : String(error)),
      );
    };
    const found = new Set<string>();
    for (let at = 0; at < whole.length; at += 97) {
      expect(await outcome(whole.subarray(0, at))).toBe('refused');
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0xff;
      found.add(await outcome(flipped));
    }
    expect([...found].sort()).toEqual(['read', 'refused']);
  });
});

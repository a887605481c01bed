import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { explainWriteFailure, openCheckpoint, openNewestCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { writeSafetensors } from './safetensors.ts';

interface State {
  note: string;
}

describe('checkpoints', () => {
  let root: string;
  const said: string[] = [];
  const save = (step: number): Promise<void> =>
    saveCheckpoint(root, step, [{ name: 'x', shape: [2], data: Float32Array.of(step, 0.1) }], { note: `步 ${step}` });
  const newest = async (): Promise<{ step: number; state: State; x: unknown } | undefined> => {
    const found = await openNewestCheckpoint<State>(root, (sentence) => said.push(sentence));
    if (found === undefined) return undefined;
    const x = await found.tensors.read('x');
    await found.tensors.close();
    return { step: found.step, state: found.state, x };
  };

  beforeEach(async () => {
    root = join(await mkdtemp(join(tmpdir(), 'wenlan-checkpoint-')), 'checkpoints');
    said.length = 0;
  });

  it('are none before the first', async () => {
    expect(await newest()).toBeUndefined();
  });

  it('give back the newest and keep the one before', async () => {
    for (const step of [5, 10, 100]) await save(step);
    expect(await newest()).toEqual({ step: 100, state: { note: '步 100' }, x: Float32Array.of(100, 0.1) });
    expect((await readdir(root)).sort()).toEqual(['step-00000010', 'step-00000100']);
  });

  it('ignore one that a kill left half written', async () => {
    await save(5);
    await mkdir(join(root, 'step-00000010.tmp'));
    expect((await newest())!.step).toBe(5);
    await save(10);
    expect((await newest())!.step).toBe(10);
  });

  it.each(['state.safetensors', 'state.json'])('fall back on the one before when %s is damaged, and say so', async (name) => {
    await save(5);
    await save(10);
    const file = join(root, 'step-00000010', name);
    const bytes = await readFile(file);
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(file, bytes);
    expect((await newest())!.step).toBe(5);
    expect(said).toEqual([
      `The checkpoint ${join(root, 'step-00000010')} is damaged (${name} fails its checksum); remove it. The one before, of step 5, is used.`,
    ]);
    await save(10);
    expect((await newest())!.step).toBe(10);
  });

  it('are refused when every one is damaged', async () => {
    await save(5);
    await rm(join(root, 'step-00000005', 'state.safetensors'));
    await expect(newest()).rejects.toThrow(/step-00000005 is damaged \(state\.safetensors is missing\); remove it/);
  });

  it('of another format version are refused by number', async () => {
    await save(5);
    const file = join(root, 'step-00000005', 'state.json');
    const json = (await readFile(file, 'utf8')).split('\n')[1]!.replace('"formatVersion":1', '"formatVersion":9');
    const { createHash } = await import('node:crypto');
    await writeFile(file, `${createHash('sha256').update(json).digest('hex')}\n${json}\n`);
    await expect(openCheckpoint(join(root, 'step-00000005'))).rejects.toThrow(/format version 9, this release reads 1/);
  });

  it('say what to do when the disk is full', async () => {
    // Linux keeps a device on which every write fails that way.
    const error = await writeSafetensors('/dev/full', [{ name: 'x', shape: [1], data: Float32Array.of(1) }]).catch(
      (cause: unknown) => cause,
    );
    expect(explainWriteFailure(error, 'run/checkpoints/step-00000010')).toMatchObject({
      message: expect.stringMatching(
        /disk is full: the checkpoint run\/checkpoints\/step-00000010 can't be written; free some space/,
      ) as string,
    });
    const other = new Error('other');
    expect(explainWriteFailure(other, 'x')).toBe(other);
  });
});

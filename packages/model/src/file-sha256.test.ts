import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256OfFile } from './file-sha256.ts';

describe(sha256OfFile, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-sha256-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  // `printf … | sha256sum` and `head -c 3000000 /dev/zero | sha256sum`
  it.each([
    ['nothing', Buffer.alloc(0), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', Buffer.from('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['more than a block', Buffer.alloc(3_000_000), '35bce4eae54ec8e6cc2868baa8d157914d6ae2858811b4cc0c078c94460fa26f'],
  ])('of %s', async (name, bytes, digest) => {
    const file = join(folder, name);
    await writeFile(file, bytes);
    expect(await sha256OfFile(file)).toBe(digest);
  });

  it('fails as reading does', async () => {
    await expect(sha256OfFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedEngine } from '../test/support/sandbox.ts';
import { BINDING_PATCH, patchSource } from './binding-patch.ts';

describe(patchSource, () => {
  it.each([...new Set(BINDING_PATCH.map(({ file }) => file))])('inserts into %s and changes nothing else', async (file) => {
    const source = await readFile(join((await installedEngine()).packageFolder, file), 'utf8');
    const texts = BINDING_PATCH.filter((insertion) => insertion.file === file).map(({ text }) => text);
    const patched = patchSource(file, source);
    expect(patched.length).toBe(source.length + texts.join('').length);
    expect(texts.reduce((rest, text) => rest.replace(text, ''), patched)).toBe(source);
  });

  it('refuses a source of another version', () => {
    const { file, before } = BINDING_PATCH[0]!;
    expect(() => patchSource(file, 'int main() {}')).toThrow(`${file} has 0 places to patch where 1 was expected.`);
    expect(() => patchSource(file, before + before)).toThrow(`${file} has 2 places to patch where 1 was expected.`);
  });
});

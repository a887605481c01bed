import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import wabt from 'wabt';

it('kernels-wasm.ts is what kernels.wat assembles to', async () => {
  const source = await readFile(join(import.meta.dirname, 'kernels.wat'), 'utf8');
  const assembler = await wabt();
  const { buffer } = assembler.parseWat('kernels.wat', source, { simd: true }).toBinary({});
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,112}/g)!;
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  const module = `/** \`kernels.wat\`, assembled by its test: run that with \`-u\` after a change. */\nexport const KERNELS: string =\n${text};\n`;
  await expect(module).toMatchFileSnapshot('kernels-wasm.ts');
});

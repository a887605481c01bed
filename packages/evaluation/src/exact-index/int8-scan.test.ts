import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import wabt from 'wabt';

it('int8-scan-wasm.ts is what int8-scan.wat assembles to', async () => {
  const source = await readFile(join(import.meta.dirname, 'int8-scan.wat'), 'utf8');
  const assembler = await wabt();
  const { buffer } = assembler.parseWat('int8-scan.wat', source, { simd: true }).toBinary({});
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,112}/g)!;
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  const module = `/** \`int8-scan.wat\`, assembled by its test: run that with \`-u\` after a change. */\nexport const INT8_SCAN: string =\n${text};\n`;
  await expect(module).toMatchFileSnapshot('int8-scan-wasm.ts');
});

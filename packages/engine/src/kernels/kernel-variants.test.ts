import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ENGINE = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Which variants this processor runs, best first. */
async function variantsHere(): Promise<string[]> {
  if (process.arch !== 'x64') return ['any'];
  const flags = new Set((/^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8'))?.[1] ?? '').split(' '));
  const has = (...wanted: string[]): boolean => wanted.every((flag) => flags.has(flag));
  return [
    ...(has('avx512f', 'avx512dq', 'avx512bw', 'avx512vl') ? ['avx512'] : []),
    ...(has('avx2', 'fma') ? ['avx2'] : []),
    'any',
  ];
}

it('the kernels compute the same for every kind of processor, and the best kind is taken', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wenlan-kernels-'));
  try {
    const program = join(folder, 'variants');
    const source = join(ENGINE, 'test/support/kernel-variants.cc');
    await run('g++', ['-std=c++17', '-O2', '-I', join(ENGINE, 'native'), source, '-o', program]);
    const lines = (await run(program)).stdout.trim().split('\n');
    const variants = await variantsHere();
    expect(lines.pop()).toBe(`best ${variants[0]}`);
    const measured = lines.map((line) => line.split(' ') as [variant: string, loop: string, difference: string]);
    const loops = ['swish', 'swishGrad', 'filterGradStride1', 'filterGradStride2'];
    expect(measured.map(([variant, loop]) => [variant, loop])).toEqual(
      variants.flatMap((variant) => loops.map((loop) => [variant, loop])),
    );
    for (const [variant, loop, difference] of measured) expect(Number(difference), `${variant} ${loop}`).toBeLessThan(2e-5);
  } finally {
    await rm(folder, { recursive: true });
  }
});

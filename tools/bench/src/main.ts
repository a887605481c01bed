import { readFile, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { renderIndex, renderPage } from './markdown.ts';
import { type BenchmarkResult, keepOtherSides } from './result.ts';
import { runBenchmark } from './run-benchmark.ts';

const root = join(import.meta.dirname, '../../..');
const results = join(root, 'docs/benchmarks');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string' },
    only: { type: 'string', multiple: true },
    cores: { type: 'string' },
    out: { type: 'string', default: results },
  },
});
const files = await readdir(join(import.meta.dirname, 'benchmarks'));
const known = files.map((file) => file.replace(/\.ts$/, '')).sort();
const unknown = positionals.filter((name) => !known.includes(name));
if (positionals.length === 0 || unknown.length > 0) {
  for (const name of unknown) say(`There is no benchmark ${name}.`);
  say(
    `npm run bench -- NAME [NAME …] [--repeats N] [--only SIDE …] [--cores 0,1] [--out FOLDER], where NAME is one of: ${known.join(', ')}.`,
  );
  process.exit(2);
}

for (const name of positionals) {
  const { benchmark } = (await import(`./benchmarks/${name}.ts`)) as { benchmark: Benchmark };
  const earlier = values.only === undefined ? undefined : await storedResult(name);
  const measured = await runBenchmark(name, benchmark, {
    environments: join(root, '.bench'),
    cores: values.cores ?? `0-${Math.min(1, availableParallelism() - 1)}`,
    ...(values.repeats === undefined ? {} : { repeats: Number(values.repeats) }),
    ...(values.only === undefined ? {} : { only: values.only }),
    onRun: say,
  });
  const result = earlier === undefined ? measured : keepOtherSides(measured, earlier);
  const page = renderPage(result);
  await writeFile(join(values.out, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(join(values.out, `${name}.md`), page);
  process.stdout.write(`${page}\n`);
}

/** What the benchmark gave before. */
async function storedResult(name: string): Promise<BenchmarkResult> {
  try {
    return JSON.parse(await readFile(join(values.out, `${name}.json`), 'utf8')) as BenchmarkResult;
  } catch {
    say(`--only adds to the result of ${name}, and there is none in ${values.out}; run it once without.`);
    process.exit(2);
  }
}

const stored = (await readdir(values.out)).filter((file) => file.endsWith('.json')).sort();
const all = await Promise.all(
  stored.map(async (file) => JSON.parse(await readFile(join(values.out, file), 'utf8')) as BenchmarkResult),
);
await writeFile(join(values.out, 'README.md'), renderIndex(all));

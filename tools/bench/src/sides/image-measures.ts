import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { decodePicture, measurePicture } from '@wenlan/cleaning';

// Measures (argv[4] = measures) or only decodes (argv[4] = decode) the pictures of the list argv[2], argv[3] times over.
const files = (await readFile(process.argv[2]!, 'utf8')).trim().split('\n');
const times = Number(process.argv[3]);
const what = process.argv[4] as 'measures' | 'decode';
const LIMITS = { maxPixels: 100_000_000 };
let scores = 0;
const pictures = await Promise.all(files.map((file) => readFile(file)));

async function run(count: number): Promise<number> {
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const bytes = pictures[next % pictures.length]!;
      next += 1;
      const picture = await decodePicture(bytes, LIMITS);
      if (what === 'measures') scores += Object.keys(measurePicture(picture).scores).length;
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  if (what === 'measures' && scores < done * 10) throw new Error('Scores are missing.');
  return done;
}

await run(4 * pictures.length);
const start = process.cpuUsage();
const items = await run(pictures.length * times);
// Of the processor, all threads together: the pictures that one core gets through, whoever else is on the machine.
const { user, system } = process.cpuUsage(start);
process.stdout.write(`${JSON.stringify({ items, seconds: (user + system) / 1e6 })}\n`);

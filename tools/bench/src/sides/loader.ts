import { loader } from '@wenlan/shards';

/** Reads a dataset's epochs through the loader. Arguments: dataset, side, batch size, workers, epochs. */
const [location, side, batchSize, workers, epochs] = process.argv.slice(2) as [string, string, string, string, string];
const augment = {
  crop: { minScale: 0.2 },
  flipProbability: 0.5,
  colorJitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8 },
  greyProbability: 0.2,
};

async function readEpoch(epoch: number): Promise<number> {
  let samples = 0;
  const image = { side: Number(side), augment };
  const options = { split: 'train', batchSize: Number(batchSize), seed: 1, epoch, workers: Number(workers), image };
  for await (const { ids, skipped } of loader(location, options)) {
    if (skipped.length > 0) throw new Error(`${skipped[0]!.id} was skipped: ${skipped[0]!.reason}`);
    samples += ids.length;
  }
  return samples;
}

await readEpoch(0);
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
let items = 0;
for (let epoch = 1; epoch <= Number(epochs); epoch += 1) items += await readEpoch(epoch);
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
const figures = { 'CPU ms a sample': ((user + system) / 1000 / items).toFixed(2) };
process.stdout.write(`${JSON.stringify({ items, seconds, figures })}\n`, () => process.exit(0));

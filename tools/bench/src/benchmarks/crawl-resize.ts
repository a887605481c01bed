import { join } from 'node:path';
import { importDataset } from '@wenlan/shards';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { startPictureServer } from '../loopback/start-picture-server.ts';
import { ours, peer, runPeer } from '../ours.ts';

const PICTURES = 4_000;
const HOSTS = 16;
/** Pictures whose results are compared, before the clock starts. */
const COMPARED = 64;
const FIT = ['keep_ratio', '256'];

export const benchmark: Benchmark = {
  title: 'Downloading pictures fitted to 256 pixels',
  unit: 'images',
  requirements: ['img2dataset==1.47.0', 'setuptools==80.9.0'],
  target: 1.5,
  repeats: 3,
  notes: `${PICTURES} URLs of JPEGs of 480 × 360 (about 20 kB) on ${HOSTS} loopback hosts, served by one process beside, which both sides share two cores
with; the shorter side becomes 256 pixels (\`keep_ratio\`), JPEG of quality 95 with chroma at half resolution, as img2dataset has it by default. "PSNR" is
the mean over ${COMPARED} of our pictures against img2dataset's. img2dataset runs with 2 processes of 32 threads, and with its defaults.`,
  async prepare({ folder, python }) {
    const pictures = join(folder, 'pictures');
    await writePhotographs(pictures, 64, 480, 360);
    const { port, close } = await startPictureServer(pictures);
    const urls = (count: number): string[] => [String(port), String(count), String(HOSTS)];
    const made = join(folder, 'made');
    runPeer(python, 'img2dataset-download', ...urls(COMPARED), ...FIT, '1', '8', made);
    const reference = join(folder, 'reference');
    await importDataset(join(made, 'out'), { out: reference, format: 'webdataset' });
    return {
      sides: [
        { name: 'WenLan', command: ours('crawl-download', ...urls(PICTURES), ...FIT, reference) },
        {
          name: 'img2dataset, 2 × 32 threads',
          command: peer(python, 'img2dataset-download', ...urls(PICTURES), ...FIT, '2', '32'),
        },
        { name: 'img2dataset, defaults', command: peer(python, 'img2dataset-download', ...urls(PICTURES), ...FIT, '1', '256') },
      ],
      close,
    };
  },
};

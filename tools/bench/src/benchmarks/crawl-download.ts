import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { startPictureServer } from '../loopback/start-picture-server.ts';
import { ours, peer } from '../ours.ts';

const PICTURES = 80_000;
const HOSTS = 16;

export const benchmark: Benchmark = {
  title: 'Downloading pictures as they are',
  unit: 'images',
  requirements: ['img2dataset==1.47.0', 'setuptools==80.9.0'],
  target: 8,
  repeats: 2,
  notes: `${PICTURES} URLs of JPEGs of 480 × 360 (about 20 kB) on ${HOSTS} loopback hosts, served by one process beside, which both sides share two cores
with; both get the same list of URLs. img2dataset writes webdataset shards of 1,000 with \`disable_all_reencoding\` (its fastest way without resize: it neither decodes nor encodes) and
\`compute_hash="sha256"\`, once with 2 processes of 32 threads and once with its defaults (1 process of 256 threads). Ours writes Arrow shards of 1,000
with sha256, type and size of each picture, asks for robots.txt, and keeps its frontier on the disk. Both run once on 1,000 other URLs before the clock starts.`,
  async prepare({ folder, python }) {
    const pictures = join(folder, 'pictures');
    await writePhotographs(pictures, 64, 480, 360);
    const { port, close } = await startPictureServer(pictures);
    const urls = [String(port), String(PICTURES), String(HOSTS)];
    return {
      sides: [
        { name: 'WenLan', command: ours('crawl-download', ...urls) },
        { name: 'img2dataset, 2 × 32 threads', command: peer(python, 'img2dataset-download', ...urls, 'no', '0', '2', '32') },
        { name: 'img2dataset, defaults', command: peer(python, 'img2dataset-download', ...urls, 'no', '0', '1', '256') },
      ],
      close,
    };
  },
};

import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { startPictureServer } from '../loopback/start-picture-server.ts';
import { ours } from '../ours.ts';

const PICTURES = 1_000_000;
const HOSTS = 5_000;

export const benchmark: Benchmark = {
  title: 'A million URLs on 5,000 hosts, crawled by four workers of a queue',
  unit: 'images',
  requirements: [],
  repeats: 1,
  warmsUpInside: true,
  notes: `${PICTURES} URLs of JPEGs of 16 × 12 on ${HOSTS} loopback hosts, served by one process beside, which shares two cores with the workers and their Redis.
"Lost" and "twice" are counted over the rows of the dataset, by the number in their URL; "asked twice" and "never asked" by the server. Time ends with the complete dataset.`,
  async prepare({ folder }) {
    const pictures = join(folder, 'pictures');
    await writePhotographs(pictures, 64, 16, 12);
    const { port, close } = await startPictureServer(pictures);
    return {
      sides: [{ name: '4 workers', command: ours('queue-overhead', `${port}`, `${PICTURES}`, `${HOSTS}`, '4', 'check') }],
      close,
    };
  },
};

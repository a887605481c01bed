import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { startPictureServer } from '../loopback/start-picture-server.ts';
import { ours } from '../ours.ts';

const PICTURES = 64_000;
const HOSTS = 512;
const ANSWER_MILLIS = 20;

export const benchmark: Benchmark = {
  title: 'A crawl by workers of a queue, and in one process',
  unit: 'images',
  requirements: [],
  target: 0.97,
  repeats: 2,
  notes: `${PICTURES} URLs of JPEGs of 160 × 120 on ${HOSTS} loopback hosts, served by one process beside; an answer takes ${ANSWER_MILLIS} ms. 64 requests at once over all workers, as in
the one process. The queue deals them to 64 parts of about 1,000 rows. Time begins once the workers are connected to a Redis of their own and ends with the complete dataset.`,
  async prepare({ folder }) {
    const pictures = join(folder, 'pictures');
    await writePhotographs(pictures, 64, 160, 120);
    const { port, close } = await startPictureServer(pictures, ANSWER_MILLIS);
    const side = (workers: number): string[] => ours('queue-overhead', `${port}`, `${PICTURES}`, `${HOSTS}`, `${workers}`);
    return {
      sides: [
        { name: '4 workers', command: side(4) },
        { name: '1 worker', command: side(1) },
        { name: 'one process, no queue', command: side(0) },
      ],
      close,
    };
  },
};

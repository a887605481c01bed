import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { startPictureServer } from '../loopback/start-picture-server.ts';
import { ours } from '../ours.ts';

const PICTURES = 100_000;
const HOSTS = 1_000;
const REQUESTS_PER_SECOND = 4;
const AT_ONCE = 2;
const ANSWER_MILLIS = 20;

export const benchmark: Benchmark = {
  title: '100,000 pictures of 1,000 hosts, each asked at its own pace',
  unit: 'images',
  requirements: [],
  repeats: 1,
  notes: `${PICTURES} pictures on ${HOSTS} addresses of 127.0.0.0/8, an answer takes ${ANSWER_MILLIS} ms; a host may be asked ${REQUESTS_PER_SECOND} times a second and for ${AT_ONCE} pictures at
once, so ${HOSTS * REQUESTS_PER_SECOND} images/s at the most. How often and for how many at once is from the server's own log of arrivals, the largest number in any window of a second (the rate, the token that a rested host begins
with, and one for requests that were delayed on their way, are allowed). Open handles are those of the crawler's process once \`crawl\` has returned.`,
  async prepare({ folder }) {
    const pictures = join(folder, 'pictures');
    await writePhotographs(pictures, 64, 160, 120);
    const { port, close } = await startPictureServer(pictures, ANSWER_MILLIS);
    const numbers = [port, PICTURES, HOSTS, REQUESTS_PER_SECOND, AT_ONCE].map(String);
    return { sides: [{ name: 'WenLan', command: ours('crawl-hosts', ...numbers) }], close };
  },
};

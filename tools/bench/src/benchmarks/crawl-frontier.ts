import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writePhotographs } from '../data/photographs.ts';
import { startPictureServer } from '../loopback/start-picture-server.ts';
import { ours } from '../ours.ts';

const PAGES = 1_000_000;

export const benchmark: Benchmark = {
  title: 'A million pages in the queue',
  unit: 'pages queued',
  requirements: [],
  repeats: 1,
  notes: `A crawl reads ${PAGES / 1000} lists of a thousand links each and is stopped once ${PAGES.toLocaleString('en-US')} pages wait in its queue, all different. RSS is the process's own when so many were queued; the pages of
LMDB's file that are mapped count in it, though the kernel takes them back when it needs memory.`,
  async prepare({ folder }) {
    const pictures = join(folder, 'pictures');
    await writePhotographs(pictures, 1, 16, 12);
    const { port, close } = await startPictureServer(pictures);
    return { sides: [{ name: 'WenLan', command: ours('crawl-frontier', String(port), String(PAGES)) }], close };
  },
};

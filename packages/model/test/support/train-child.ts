// Trains in a process of its own that can be killed: node … train-child.ts '{"options": TrainOptions, "killAtStep"?, "killAtCheckpoint"?}'
import fs from 'node:fs';
import type { TrainOptions } from '@wenlan/model';
import { type Ending, trainToTheEnd } from './train-to-the-end.ts';

interface Order extends Ending {
  options: Omit<TrainOptions, 'onProgress' | 'signal'>;
}

const { options, ...ending } = JSON.parse(process.argv[2]!) as Order;
const summary = await trainToTheEnd(options, ending);
const tensorFlowLoaded = fs.readFileSync('/proc/self/maps', 'utf8').includes('libtensorflow');
process.stdout.write(JSON.stringify({ summary, tensorFlowLoaded }));

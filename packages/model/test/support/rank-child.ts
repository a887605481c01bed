// One of several ranks in a process of its own: node … rank-child.ts '{"rank": 0, "addresses": ["127.0.0.1:…", …], "orders": [Order, …]}'
// Prints what came of each order.
import { createHash } from 'node:crypto';
import { capture, type Group, joinGroup, tf } from '@wenlan/engine';
import type { TrainConfig, TrainOptions } from '@wenlan/model';
import { explainOutOfMemory } from '../../src/out-of-memory.ts';
import { parseTrainConfig } from '../../src/parse-train-config.ts';
import { keepTogether } from '../../src/ranks/keep-together.ts';
import type { TrainState } from '../../src/train-state.ts';
import { steps } from './steps.ts';
import { type Ending, trainToTheEnd } from './train-to-the-end.ts';

/** What the ranks are to do; what is for one rank alone overrides what is for all. */
export type Order =
  | { type: 'steps'; config: TrainConfig; count: number }
  | { type: 'train'; options: Omit<TrainOptions, 'onProgress' | 'signal' | 'group'>; only?: OnlyOnARank }
  /** Takes a step, and puts another number into a parameter on that rank alone. */
  | { type: 'come apart'; rank: number; config: TrainConfig }
  /** Asks TensorFlow for more memory than there is, on that rank alone. */
  | { type: 'run out of memory'; rank: number };

export interface OnlyOnARank extends Ending {
  rank: number;
  options?: Partial<TrainOptions>;
}

/** What came of an order. */
export interface Outcome {
  /** Of steps: losses, joint norms of the gradients, and of all that the rank holds afterwards the checksum. */
  losses?: number[];
  parts?: Record<string, number>[];
  norms?: number[];
  sha256?: string;
  summary?: object;
  /** Tensors that steps left behind. */
  tensorsLeft?: number;
  /** What two looks in a row say of whether the ranks hold different bits. */
  apart?: boolean[];
  error?: { name: string; message: string; exitStatus?: number };
}

async function takeSteps({ config, count }: Order & { type: 'steps' }, group: Group): Promise<Outcome> {
  const before = tf.memory().numTensors;
  const trained = steps(config, group);
  const reports = await trained.take(count);
  const sha256 = await sha256Of(trained.state);
  trained.dispose();
  return {
    losses: reports.map(({ loss }) => loss),
    parts: reports.map(({ parts }) => parts),
    norms: reports.map(({ gradientNorm }) => gradientNorm),
    sha256,
    tensorsLeft: tf.memory().numTensors - before,
  };
}

async function comeApart({ rank: onRank, config }: Order & { type: 'come apart' }, group: Group): Promise<Outcome> {
  const trained = steps(config, group);
  await trained.take(1);
  const { variable } = trained.objective.trained[3]!;
  if (group.rank === onRank) tf.tidy(() => variable.assign(tf.add(variable, 1e-6)));
  const apart = [await keepTogether(group, trained.state), await keepTogether(group, trained.state)];
  const sha256 = await sha256Of(trained.state);
  trained.dispose();
  return { apart, sha256 };
}

async function sha256Of(state: TrainState): Promise<string> {
  const hash = createHash('sha256');
  for (const { data } of await state.tensors()) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

async function runOutOfMemory(group: Group, onRank: number): Promise<Outcome> {
  const side = group.rank === onRank ? 2 ** 20 : 2;
  const program = capture((column: tf.Tensor, row: tf.Tensor) => group.mean([tf.sum(tf.mul(column, row))]));
  const take = (): Promise<tf.Tensor[]> => program.runAsync(tf.ones([side, 1]), tf.ones([1, side]));
  await explainOutOfMemory(3, parseTrainConfig({}), take);
  return {};
}

async function follow(order: Order, group: Group): Promise<Outcome> {
  switch (order.type) {
    case 'steps':
      return takeSteps(order, group);
    case 'come apart':
      return comeApart(order, group);
    case 'run out of memory':
      return runOutOfMemory(group, order.rank);
    case 'train': {
      const only = order.only?.rank === group.rank ? order.only : undefined;
      return { summary: await trainToTheEnd({ ...order.options, ...only?.options, group }, only) };
    }
  }
}

const { rank, addresses, orders } = JSON.parse(process.argv[2]!) as { rank: number; addresses: string[]; orders: Order[] };
const group = await joinGroup({ addresses, rank });
const outcomes: Outcome[] = [];
for (const order of orders) {
  outcomes.push(
    await follow(order, group).catch((error: Error & { exitStatus?: number }) => {
      const { name, message, exitStatus } = error;
      return { error: { name, message, ...(exitStatus !== undefined && { exitStatus }) } };
    }),
  );
}
await group.leave();
process.stdout.write(JSON.stringify(outcomes));

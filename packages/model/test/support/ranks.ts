import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Order, Outcome } from './rank-child.ts';

const CHILD = join(import.meta.dirname, 'rank-child.ts');

/** How the process of a rank ended. */
export interface EndedRank {
  status: number | null;
  signal: string | null;
  outcomes: Outcome[];
  stderr: string;
}

/** Lets processes follow orders as the ranks of one group, to their end. */
export async function runRanks(size: number, orders: readonly Order[]): Promise<EndedRank[]> {
  const addresses = await freeAddresses(size);
  const children = addresses.map((_, rank) => startRank({ rank, addresses, orders }));
  return Promise.all(children.map(endOf));
}

/** @returns by order what each rank says of it */
export async function outcomesOfRanks(size: number, orders: readonly Order[]): Promise<Outcome[][]> {
  const ended = await runRanks(size, orders);
  for (const [rank, { status, signal, stderr }] of ended.entries()) {
    if (status !== 0) throw new Error(`Rank ${rank} ended with ${status ?? signal}:\n${stderr}`);
  }
  return orders.map((_, index) => ended.map(({ outcomes }) => outcomes[index]!));
}

function startRank(order: object): ChildProcess {
  const args = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx'), CHILD, JSON.stringify(order)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function endOf(child: ChildProcess): Promise<EndedRank> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { status, signal, stderr, outcomes: stdout === '' ? [] : (JSON.parse(stdout) as Outcome[]) };
}

/** Addresses on loopback, of ports that nobody listens on and that no outgoing connection is given meanwhile, since those are from 32768 on. */
async function freeAddresses(count: number): Promise<string[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) ports.add(port);
  }
  return Array.from(ports, (port) => `127.0.0.1:${port}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false)).listen(port, () => server.close(() => resolve(true)));
  });
}

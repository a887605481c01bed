import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { joinGroup } from '@wenlan/engine';
import { timedTraining } from '../timed-training.ts';

/**
 * Trains for a while on ranks that share the cores, of which this process is one and starts the others.
 * Arguments: dataset, config, steps before the clock starts, `host:port` of all ranks or their number, this rank.
 */
const [data, config, warmup, ranks, rank = '0'] = process.argv.slice(2) as [string, string, string, string, string?];
const addresses = ranks.includes(':') ? ranks.split(',') : await freeAddresses(Number(ranks));
process.env['TF_NUM_INTRAOP_THREADS'] = String(Math.max(1, Math.floor(availableParallelism() / addresses.length)));
if (rank === '0') addresses.slice(1).forEach((_, index) => startRank(index + 1));
const group = await joinGroup({ addresses, rank: Number(rank) });
await timedTraining({
  data,
  config: JSON.parse(config) as { steps: number; batchSize: number },
  warmupSteps: Number(warmup),
  group,
  onMeasured: (measurement) => (rank === '0' ? process.stdout.write(`${JSON.stringify(measurement)}\n`) : undefined),
});
await group.leave();

function startRank(other: number): void {
  const args = [process.argv[1]!, data, config, warmup, addresses.join(','), String(other)];
  spawn(process.execPath, [...process.execArgv, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Addresses on loopback whose ports nobody had a moment ago. */
async function freeAddresses(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const addresses = servers.map((server) => `127.0.0.1:${(server.address() as { port: number }).port}`);
  for (const server of servers) server.close();
  return addresses;
}

import { type ChildProcess, execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';

const INDEX = new URL('../../src/index.ts', import.meta.url).href;
const TSX = import.meta.resolve('tsx');

/** What a rank left. */
export interface FinishedRank {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A process that is one rank. */
export interface RunningRank {
  child: ChildProcess;
  finished: Promise<FinishedRank>;
}

/** Addresses on loopback whose ports nobody had a moment ago. */
export async function freeAddresses(count: number): Promise<string[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen()));
  const addresses = servers.map((server) => `127.0.0.1:${(server.address() as { port: number }).port}`);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return addresses;
}

/** Listens on loopback. @param port any that is free unless told */
export function listen(port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

/**
 * Starts a rank that runs a module in which everything of the engine, `rank` and `addresses` are known.
 * @param code lines of JavaScript; `await join()` gives the group
 */
export function startRank(rank: number, addresses: readonly string[], code: string): RunningRank {
  const program = `import { ALONE, capture, joinGroup, loadEngine, tf } from ${JSON.stringify(INDEX)};
    const rank = ${rank}, addresses = ${JSON.stringify(addresses)};
    const join = (options = {}) => joinGroup({ addresses, rank, ...options });
    ${code}`;
  const args = ['--no-warnings', '--conditions=@wenlan/source', '--import', TSX, '--input-type=module', '--eval', program];
  let child: ChildProcess | undefined;
  const finished = new Promise<FinishedRank>((resolve) => {
    child = execFile(process.execPath, args, (_error, stdout, stderr) => resolve({ status: child!.exitCode, stdout, stderr }));
  });
  return { child: child!, finished };
}

/** Starts ranks on free ports of loopback that all run the same code. */
export async function startRanks(size: number, code: string): Promise<RunningRank[]> {
  const addresses = await freeAddresses(size);
  return addresses.map((_, rank) => startRank(rank, addresses, code));
}

/** Runs ranks to their end. @returns what each printed, as JSON */
export async function runRanks<T>(size: number, code: string): Promise<T[]> {
  const finished = await Promise.all((await startRanks(size, code)).map((running) => running.finished));
  return finished.map(({ status, stdout, stderr }, rank) => {
    if (status !== 0) throw new Error(`Rank ${rank} ended with status ${status}:\n${stderr}`);
    return JSON.parse(stdout) as T;
  });
}

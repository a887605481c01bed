import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../engine-error.ts';
import { GroupError } from './group-error.ts';

const RETRY_MILLIS = 250;
/** What is said is shorter, even of a thousand ranks. */
const MOST_BYTES = 100_000;

/** Where ranks meet that don't know each other's addresses. */
export interface Meeting {
  rank: number;
  size: number;
  /** The machine of rank 0, as the others reach it. */
  host: string;
  /** Rank 0 listens there until all have come. */
  port: number;
  /** How long the others may take to start; 300 unless told. */
  joinSeconds?: number;
  signal?: AbortSignal;
}

/** What a rank says to rank 0. */
interface Greeting {
  rank: number;
  size: number;
  /** Where it will listen. */
  port: number;
}

/** What rank 0 answers: the addresses of all, or why it can't. */
type Answer = { addresses: string[] } | { refusal: string };

/**
 * Finds the addresses of all ranks, each a free port of its machine: they tell rank 0, and it tells them all, as MASTER_ADDR and MASTER_PORT
 * of torchrun are meant.
 * @returns `host:port` in rank order, for {@link joinGroup}
 * @throws EngineError when the port is taken, or ranks were started with different sizes or twice
 * @throws GroupError when a rank doesn't come in time
 */
export async function meetRanks(meeting: Meeting): Promise<string[]> {
  const { rank, size } = meeting;
  if (size === 1) return [`${meeting.host}:${meeting.port}`];
  if (!Number.isInteger(rank) || rank < 0 || rank >= size) {
    throw new EngineError('GROUP_RANK', `Rank ${rank} is none of ${size}: ranks count from 0 to ${size - 1}.`);
  }
  const port = await freePort();
  return rank === 0 ? hostMeeting(meeting, port) : attendMeeting(meeting, { rank, size, port });
}

async function hostMeeting(meeting: Meeting, ownPort: number): Promise<string[]> {
  const { host, port } = meeting;
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await listen(server, host, port);
  try {
    const answer = await answerOf(server, meeting, ownPort);
    for (const socket of sockets) socket.end(`${JSON.stringify(answer)}\n`);
    return addressesOf(answer);
  } catch (error) {
    for (const socket of sockets) socket.destroy();
    throw error;
  } finally {
    server.close();
  }
}

function answerOf(server: Server, { size, host, port, joinSeconds = 300, signal }: Meeting, ownPort: number): Promise<Answer> {
  const addresses = new Map([[0, `${host}:${ownPort}`]]);
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  return new Promise((resolve, reject) => {
    AbortSignal.timeout(joinSeconds * 1000).addEventListener('abort', () => {
      const missing = ranks.filter((rank) => !addresses.has(rank)).map((rank) => `rank ${rank}`);
      reject(
        new GroupError(
          `Nobody has come as ${missing.join(' and ')} of ${size} to ${host}:${port} after ${joinSeconds} s: see whether it was started with the same MASTER_ADDR and MASTER_PORT, and start all ranks again.`,
        ),
      );
    });
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
    const receive = async (socket: Socket): Promise<void> => {
      const greeting = await greetingOf(socket);
      if (greeting === undefined) return void socket.destroy();
      const refusal = refusalOf(greeting, size, addresses);
      if (refusal !== undefined) return resolve({ refusal });
      addresses.set(greeting.rank, `${hostOf(socket, host)}:${greeting.port}`);
      socket.on('close', () => addresses.delete(greeting.rank)); // it may be started anew while others still come
      if (addresses.size === size) resolve({ addresses: ranks.map((rank) => addresses.get(rank)!) });
    };
    server.on('connection', (socket: Socket) => void receive(socket));
  });
}

async function attendMeeting({ host, port, joinSeconds = 300, signal }: Meeting, greeting: Greeting): Promise<string[]> {
  const until = performance.now() + joinSeconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    const socket = await connected(host, port);
    if (socket !== undefined) {
      const destroy = (): void => void socket.destroy();
      signal?.addEventListener('abort', destroy, { once: true });
      socket.write(`${JSON.stringify(greeting)}\n`);
      const line = await firstLine(socket);
      signal?.removeEventListener('abort', destroy);
      socket.destroy();
      signal?.throwIfAborted();
      if (line !== undefined) return addressesOf(JSON.parse(line) as Answer);
      throw new GroupError(
        `Rank 0 (${host}:${port}) has ended before all ranks had come: see what was said there, and start all again.`,
      );
    }
    if (performance.now() > until) {
      throw new GroupError(
        `Rank 0 isn't reached at ${host}:${port} after ${joinSeconds} s: see whether it was started, and MASTER_ADDR and MASTER_PORT are right, and start all ranks again.`,
      );
    }
    await sleep(RETRY_MILLIS);
  }
}

function refusalOf({ rank, size }: Greeting, expected: number, addresses: ReadonlyMap<number, string>): string | undefined {
  if (size !== expected) {
    return `Rank ${rank} was started as one of ${size}, rank 0 as one of ${expected}; start all with the same WORLD_SIZE.`;
  }
  if (addresses.has(rank)) return `Two processes were started as rank ${rank} of ${size}; give each a RANK of its own.`;
  return undefined;
}

function addressesOf(answer: Answer): string[] {
  if ('addresses' in answer) return answer.addresses;
  throw new EngineError('GROUP_RANKS', answer.refusal);
}

/** What a rank of ours says; undefined for whoever else connects. */
async function greetingOf(socket: Socket): Promise<Greeting | undefined> {
  const line = await firstLine(socket);
  try {
    const { rank, size, port } = JSON.parse(line ?? '') as Partial<Greeting>;
    const isWhole = [rank, size, port].every((value) => Number.isInteger(value));
    return isWhole && rank! >= 0 && rank! < size! ? { rank: rank!, size: size!, port: port! } : undefined;
  } catch {
    return undefined;
  }
}

/** undefined when the other side ends without one. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let received = 0;
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
      if (received > MOST_BYTES) socket.destroy();
    });
    socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    createInterface({ input: socket })
      .once('line', resolve)
      .on('error', () => {});
  });
}

/** Where others reach who has connected; what comes from loopback is on the machine of rank 0. */
function hostOf(socket: Socket, ownHost: string): string {
  const address = (socket.remoteAddress ?? ownHost).replace(/^::ffff:/, '');
  return isLoopback(address) ? ownHost : address;
}

const isLoopback = (host: string): boolean => /^(127\.|localhost$|::1$)/.test(host);

function connected(host: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(socket)).once('error', () => resolve(undefined));
  });
}

/** Only this machine can come where the meeting is on loopback. */
async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(isLoopback(host) ? { host, port } : { port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new EngineError(
      'GROUP_PORT',
      `Rank 0 can't listen on port ${port} (${(error as NodeJS.ErrnoException).code}): end what listens there, or set MASTER_PORT to another.`,
      { cause: error },
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

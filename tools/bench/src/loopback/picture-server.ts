import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

/**
 * Serves pictures and lists of their URLs on all of 127.0.0.0/8, in a process of its own and without an HTTP library, so that it
 * isn't what a benchmark waits for. Arguments: folder of pictures, milliseconds that an answer takes. Prints its port.
 *
 * `/p/N` is picture N (the files in turn); `/list?from=A&to=B&hosts=H` a JSON list of picture URLs over H hosts;
 * `/queue?from=A&to=B` one of pages that nobody reads; `/log` what every host was asked for, and forgets it; `/asked?to=B` how many of the
 * pictures before B were never asked for and how many more than once, and forgets it.
 */
const [folder, delay = '0'] = process.argv.slice(2) as [string, string?];
const delayMillis = Number(delay);
const pictures = readdirSync(folder)
  .sort()
  .map((name) => answer('200 OK', 'image/jpeg', readFileSync(join(folder, name))));
const NOT_FOUND = answer('404 Not Found', 'text/plain', Buffer.from('not here'));
/** Requests under way and arrival times, by address. */
const hosts = new Map<string, { active: number; maxActive: number; arrivals: number[] }>();
/** How often each picture was asked for. */
let asked = new Uint8Array(2 ** 20);
let port = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let pending = '';
  const host = socket.localAddress ?? '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1');
    for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
      const head = pending.slice(0, end);
      pending = pending.slice(end + 4);
      respond(socket, host, head);
    }
  });
});

function respond(socket: Socket, host: string, head: string): void {
  const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'));
  const isLast = /\r\nconnection: *close/i.test(head);
  if (!path.startsWith('/p/')) {
    send(socket, other(path), isLast);
    return;
  }
  const number = Number(path.slice(3).replace('.jpg', ''));
  if (number < asked.length) asked[number]! += 1;
  const picture = pictures[number % pictures.length]!;
  if (delayMillis === 0) {
    send(socket, picture, isLast);
    return;
  }
  const log = hosts.get(host) ?? { active: 0, maxActive: 0, arrivals: [] };
  hosts.set(host, log);
  log.active += 1;
  log.maxActive = Math.max(log.maxActive, log.active);
  log.arrivals.push(performance.now());
  setTimeout(() => {
    log.active -= 1;
    send(socket, picture, isLast);
  }, delayMillis);
}

function send(socket: Socket, bytes: Buffer, isLast: boolean): void {
  if (isLast) socket.end(bytes);
  else socket.write(bytes);
}

function other(path: string): Buffer {
  const { pathname, searchParams } = new URL(path, 'http://x/');
  const [from, to, spread] = ['from', 'to', 'hosts'].map((name) => Number(searchParams.get(name)));
  const numbers = Array.from({ length: (to ?? 0) - (from ?? 0) }, (_, index) => (from ?? 0) + index);
  if (pathname === '/list') return json(numbers.map((number) => pictureUrl(number, spread ?? 1)));
  if (pathname === '/queue') return json(numbers.map((number) => `http://127.0.0.1:${port}/queued/article-${number}.html`));
  if (pathname === '/asked') return json(askedBefore(to ?? 0));
  if (pathname !== '/log') return NOT_FOUND;
  const log = [...hosts.values()].map(({ maxActive, arrivals }) => ({
    maxActive,
    requests: arrivals.length,
    maxInOneSecond: maxWithin(arrivals, 1000),
  }));
  hosts.clear();
  return json(log);
}

function askedBefore(end: number): { never: number; twice: number } {
  const counts = asked.subarray(0, end);
  asked = new Uint8Array(asked.length);
  return { never: counts.filter((count) => count === 0).length, twice: counts.filter((count) => count > 1).length };
}

/** Hosts beginning with 127.1.0.1. */
function pictureUrl(number: number, spread: number): string {
  const host = number % spread;
  return `http://127.1.${Math.floor(host / 250)}.${(host % 250) + 1}:${port}/p/${number}.jpg`;
}

/** The largest number of sorted times in any window of so many milliseconds. */
function maxWithin(times: readonly number[], windowMillis: number): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while (time - times[first]! >= windowMillis) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function json(value: unknown): Buffer {
  return answer('200 OK', 'application/json', Buffer.from(JSON.stringify(value)));
}

function answer(status: string, type: string, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`),
    body,
  ]);
}

server.listen(0, '0.0.0.0', 4096, () => {
  ({ port } = server.address() as AddressInfo);
  process.stdout.write(`${port}\n`);
});

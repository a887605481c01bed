import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { photo } from './pictures.ts';

/** What a host does with a request. @param turn how often this path was asked for before */
type Behaviour = (socket: Socket, turn: number, path: string) => void;

interface ChaosCase {
  /** Without a picture of its own the host does this with every path but robots.txt. */
  picture: Behaviour;
  robots?: Behaviour;
  scheme?: 'https';
  /** What has to become of the picture. */
  outcome: string;
}

export interface ChaosServer {
  connectTo: Record<string, string>;
  /** Outcomes to be had, by the URL of the picture. */
  expected: Record<string, string>;
  /** Connections that are still open. */
  readonly connections: number;
  close(): Promise<void>;
}

/** A clock's worth of numbers from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const head = (status: string, headers: Record<string, string | number> = {}): string =>
  `HTTP/1.1 ${status}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** Writes a little again and again, for as long as anybody listens. */
function drip(socket: Socket, bytes: string | Buffer, everyMillis: number): void {
  const timer = setInterval(() => socket.write(bytes), everyMillis);
  socket.once('close', () => clearInterval(timer));
}

/**
 * A web where everything goes wrong, on one loopback port, a host for each way. How often things fail before they succeed, where
 * bodies break off and what garbage is sent follow from the seed.
 * @param tls a self-signed certificate and its key; without it the hosts that need one are left out
 */
export async function startChaosServer(seed: number, tls: { key: string; cert: string } | null): Promise<ChaosServer> {
  const random = randomOf(seed);
  const cases = await chaosCases(random);
  const turns = new Map<string, number>();
  const sockets = new Set<Socket>();
  const listen = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const request = text.slice(0, end);
        text = text.slice(end + 4);
        const path = request.split(' ', 2)[1]!;
        const host = /\r\nhost: ([\w.-]+)/i.exec(request)![1]!.replace('.test', '');
        const turn = turns.get(`${host}${path}`) ?? 0;
        turns.set(`${host}${path}`, turn + 1);
        const { picture, robots = gone } = cases[host]!;
        (path === '/robots.txt' ? robots : picture)(socket, turn, path);
      }
    });
  };
  const plain = await listening(createServer(listen));
  const secure = tls === null ? null : await listening(createTlsServer(tls, listen));
  const known = Object.entries(cases).filter(([, { scheme }]) => scheme === undefined || secure !== null);
  const portOf = ({ scheme }: ChaosCase): number => ((scheme === undefined ? plain : secure!).address() as AddressInfo).port;
  return {
    connectTo: Object.fromEntries(known.map(([host, entry]) => [`${host}.test`, `127.0.0.1:${portOf(entry)}`])),
    expected: Object.fromEntries(
      known.flatMap(([host, { scheme = 'http', outcome }]) =>
        Array.from({ length: host === 'placeholder' ? 3 : 1 }, (_, index) => [`${scheme}://${host}.test/${index}.png`, outcome]),
      ),
    ),
    get connections() {
      return sockets.size;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      const servers = [plain, ...(secure === null ? [] : [secure])];
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listening<Kind extends Server>(server: Kind): Promise<Kind> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const gone: Behaviour = (socket) => void socket.write(head('404 Not Found', { 'content-length': 0 }));

async function chaosCases(random: () => number): Promise<Record<string, ChaosCase>> {
  const png = await photo('png', 3);
  const middle = 100 + Math.floor(random() * (png.length - 200));
  const failures = 1 + Math.floor(random() * 2);
  const garbage = Buffer.from(Uint8Array.from({ length: 64 }, () => 128 + Math.floor(random() * 128)));
  const whole: Behaviour = (socket) => {
    socket.write(head('200 OK', { 'content-type': 'image/png', 'content-length': png.length }));
    socket.write(png);
  };
  const answers =
    (status: string, headers: Record<string, string | number> = {}, body: string | Buffer = ''): Behaviour =>
    (socket) => {
      socket.write(head(status, { 'content-length': body.length, ...headers }));
      socket.write(body);
    };
  /** Fails a few times, then is as it should be. */
  const first =
    (times: number, failing: Behaviour): Behaviour =>
    (socket, turn, path) =>
      (turn < times ? failing : whole)(socket, turn, path);
  const brokenOff: Behaviour = (socket) => {
    socket.write(head('200 OK', { 'content-length': png.length }));
    socket.write(png.subarray(0, middle), () => socket.resetAndDestroy());
  };
  const now = Math.floor(Date.now() / 1000) * 1000;
  const date = (millis: number): string => new Date(millis).toUTCString();
  return {
    whole: { picture: whole, outcome: 'ok' },
    silent: { picture: () => {}, outcome: 'timeout' },
    'slow-headers': {
      picture: (socket) => (socket.write('HTTP/1.1 200 OK\r\n'), drip(socket, 'x: y\r\n', 20)),
      outcome: 'timeout',
    },
    'slow-body': {
      picture: (socket) => (socket.write(head('200 OK', { 'content-length': 9_999 })), drip(socket, 'x', 20)),
      outcome: 'too-slow',
    },
    'stopped-body': {
      picture: (socket) => void socket.write(`${head('200 OK', { 'content-length': 99 })}x`),
      outcome: 'timeout',
    },
    endless: { picture: (socket) => (socket.write(head('200 OK')), drip(socket, Buffer.alloc(20_000), 1)), outcome: 'too-big' },
    announced: { picture: answers('200 OK', { 'content-length': 10 ** 12 }), outcome: 'too-big' },
    'too-long-a-length': {
      picture: (socket) => (socket.write(head('200 OK', { 'content-length': png.length + 9 })), void socket.end(png)),
      outcome: 'tcp',
    },
    'too-short-a-length': { picture: answers('200 OK', { 'content-length': middle }, png), outcome: 'decode' },
    'two-lengths': { picture: answers('200 OK', { 'Content-Length': 5 }, png), outcome: 'tcp' },
    'wrong-type': { picture: answers('200 OK', { 'content-type': 'text/html' }, png), outcome: 'ok' },
    'no-picture': { picture: answers('200 OK', { 'content-type': 'image/png' }, '<!doctype html>gone'), outcome: 'not-image' },
    bomb: {
      picture: answers('200 OK', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000))),
      outcome: 'too-big',
    },
    'not-gzip': { picture: answers('200 OK', { 'content-encoding': 'gzip' }, garbage), outcome: 'decode' },
    circle: { picture: answers('302 Found', { location: '/0.png' }), outcome: 'redirect-loop' },
    chain: {
      picture: (socket, _, path) => answers('301 Moved Permanently', { location: `${path}x` })(socket, 0, path),
      outcome: 'redirect-loop',
    },
    inward: { picture: answers('302 Found', { location: 'http://10.0.0.1/secret' }), outcome: 'filtered:private-address' },
    'link-local': {
      picture: answers('307 Temporary Redirect', { location: 'http://169.254.169.254/' }),
      outcome: 'filtered:private-address',
    },
    'retry-in-seconds': { picture: first(failures, answers('429 Too Many Requests', { 'retry-after': 0 })), outcome: 'ok' },
    'retry-at-a-date': {
      picture: first(failures, answers('429 Too Many Requests', { date: date(now), 'retry-after': date(now) })),
      outcome: 'ok',
    },
    'retry-tomorrow': { picture: answers('429 Too Many Requests', { 'retry-after': 86_400 }), outcome: 'rate-limited' },
    burst: { picture: first(failures, answers('503 Service Unavailable')), outcome: 'ok' },
    broken: { picture: answers('500 Internal Server Error'), outcome: 'http-5xx' },
    'reset-at-first': { picture: first(failures, brokenOff), outcome: 'ok' },
    reset: { picture: brokenOff, outcome: 'tcp' },
    'hangs-up': { picture: (socket) => void socket.destroy(), outcome: 'tcp' },
    'self-signed': { scheme: 'https', picture: whole, outcome: 'tls' },
    'old-http': { picture: (socket) => (socket.write('HTTP/1.0 200 OK\r\n\r\n'), void socket.end(png)), outcome: 'ok' },
    chunked: {
      picture: (socket) => {
        socket.write(head('200 OK', { 'transfer-encoding': 'chunked' }));
        for (const part of [png.subarray(0, middle), png.subarray(middle)]) {
          socket.write(`${part.length.toString(16)}\r\n`);
          socket.write(part);
          socket.write('\r\n');
        }
        socket.write('0\r\n\r\n');
      },
      outcome: 'ok',
    },
    'chunked-garbage': {
      picture: (socket) => (socket.write(head('200 OK', { 'transfer-encoding': 'chunked' })), void socket.write(garbage)),
      outcome: 'tcp',
    },
    'no-http': { picture: (socket) => void socket.end(garbage), outcome: 'tcp' },
    'long-headers': { picture: answers('200 OK', { 'x-long': 'x'.repeat(100_000) }, png), outcome: 'tcp' },
    placeholder: { picture: whole, outcome: 'ok' },
    'opt-out': { picture: answers('200 OK', { 'x-robots-tag': 'noai' }, png), outcome: 'opt-out' },
    'robots-500': { robots: answers('500 Internal Server Error'), picture: whole, outcome: 'robots' },
    'robots-302': {
      robots: answers('302 Found', { location: '/rules' }),
      picture: (socket, turn, path) =>
        (path === '/rules' ? answers('200 OK', {}, 'User-agent: *\nDisallow: /0.png') : whole)(socket, turn, path),
      outcome: 'robots',
    },
    'robots-circle': { robots: answers('302 Found', { location: '/robots.txt' }), picture: whole, outcome: 'ok' },
    'robots-html': {
      robots: answers('200 OK', { 'content-type': 'text/html' }, '<html><p>Disallow: nothing</html>'),
      picture: whole,
      outcome: 'ok',
    },
    'robots-2-mb': {
      robots: answers('200 OK', {}, `User-agent: *\nDisallow: /0\n${'# much\n'.repeat(300_000)}`),
      picture: whole,
      outcome: 'robots',
    },
    'robots-2-mb-late': {
      robots: answers('200 OK', {}, `${'# much\n'.repeat(300_000)}User-agent: *\nDisallow: /0\n`),
      picture: whole,
      outcome: 'ok',
    },
    'robots-reset': { robots: (socket) => void socket.destroy(), picture: whole, outcome: 'tcp' },
  };
}

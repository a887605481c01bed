import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A real Redis of a test's own. */
export interface RedisServer {
  url: string;
  /** Ends it with SIGKILL and starts it again on the same port with what it had written. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Why the tests that need a Redis can't run here; null if they can. */
export const redisMissing: string | null = (() => {
  try {
    execFileSync('redis-server', ['--version']);
    return null;
  } catch {
    return 'there is no redis-server on this machine; install the Debian package redis-server';
  }
})();

/**
 * @param folder where it writes every change
 * @param address of this machine that others reach it at
 */
export async function startRedis(folder: string, address = '127.0.0.1'): Promise<RedisServer> {
  const port = await freePort();
  const start = async (): Promise<ChildProcess> => {
    const options = [
      '--port',
      `${port}`,
      '--bind',
      address,
      '--protected-mode',
      'no',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
    ];
    const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of child.stdout.setEncoding('utf8'))
      if ((text as string).includes('Ready to accept connections')) break;
    child.stdout.resume();
    return child;
  };
  let server = await start();
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    url: `redis://${address}:${port}`,
    async restart() {
      await kill();
      server = await start();
    },
    close: kill,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

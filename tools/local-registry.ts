import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const READY_MILLIS = 60_000;

/** A package registry on this machine that has our packages, and hands every other request on to the one that npm is set to. */
export interface LocalRegistry {
  readonly url: string;
  /** For a project's `.npmrc`. */
  readonly npmrc: string;
  close(): Promise<void>;
}

/**
 * Starts Verdaccio on a free loopback port and publishes every package to it, as they are built.
 * @param folder receives its storage
 */
export async function startLocalRegistry(folder: string): Promise<LocalRegistry> {
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).trim();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = {
    storage: join(folder, 'storage'),
    uplinks: { upstream: { url: upstream, maxage: '60m', timeout: '120s' } },
    packages: {
      '@wenlan/*': { access: '$all', publish: '$anonymous' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    max_body_size: '50mb',
    log: { type: 'stdout', level: 'error' },
  };
  const file = join(folder, 'verdaccio.yaml');
  await writeFile(file, JSON.stringify(config)); // JSON is YAML
  const main = join(root, 'node_modules/verdaccio/bin/verdaccio');
  const child = spawn(process.execPath, [main, '--config', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const closed = once(child, 'close');
  const npmrc = `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`;
  const close = async (): Promise<void> => {
    child.kill();
    await closed;
  };
  try {
    await answering(url);
    const userconfig = join(folder, 'npmrc');
    await writeFile(userconfig, npmrc);
    for (const name of readdirSync(join(root, 'packages')))
      execFileSync('npm', ['publish', '--userconfig', userconfig, '--registry', url, '--ignore-scripts'], {
        cwd: join(root, 'packages', name),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, npmrc, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(url: string): Promise<void> {
  const until = Date.now() + READY_MILLIS;
  for (;;) {
    const answers = await fetch(new URL('-/ping', url)).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return;
    if (Date.now() > until) throw new Error(`The registry at ${url} doesn't answer; see what it said above.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../packages/cli/src/serve-folder.ts';
import { type LocalRegistry, startLocalRegistry } from '../tools/local-registry.ts';
import { writeDrawnSite } from './support/drawn-site.ts';
import { readerConfig } from './support/reader-config.ts';

const root = join(import.meta.dirname, '..');
const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
const isReachable = await fetch(new URL('zod', upstream), { method: 'HEAD', signal: AbortSignal.timeout(20_000) }).then(
  ({ ok }) => ok,
  () => false,
);
if (!isReachable)
  process.stderr.write("packages.test.ts skipped: npm's registry is not reached, and other packages come from it\n");

describe.skipIf(!isReachable)('the packages, published to a registry', () => {
  let folder: string;
  let registry: LocalRegistry;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  let project: string;
  beforeAll(async () => {
    execFileSync('npx', ['tsc', '-b', ...(await readdir(join(root, 'packages'))).map((name) => `packages/${name}`)], {
      cwd: root,
    });
    folder = await mkdtemp(join(tmpdir(), 'wenlan-registry-'));
    project = join(folder, 'project');
    await writeDrawnSite(join(folder, 'site'), 10);
    site = await serveFolder(join(folder, 'site'));
    registry = await startLocalRegistry(folder);
  }, 180_000);
  afterAll(async () => {
    await registry?.close();
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (command: string, ...args: string[]): Promise<string> =>
    (await promisify(execFile)(command, args, { cwd: project, maxBuffer: 2 ** 24 })).stdout;

  it('build a fresh project that crawls, cleans, trains and searches', { timeout: 300_000 }, async () => {
    await mkdir(project);
    await writeFile(join(project, '.npmrc'), registry.npmrc);
    await writeFile(join(project, 'wenlan.yaml'), JSON.stringify(readerConfig('http://campus.test/'))); // JSON is YAML
    await run('npm', 'init', '-y');
    await run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '@wenlan/cli');
    const wenlan = (...args: string[]): Promise<string> => run('npx', '--no-install', 'wenlan', '--json', ...args);
    const config = ['--config', 'wenlan.yaml'];
    await wenlan('crawl', '--out', 'raw', '--connect-to', `campus.test=${site.address}`, ...config);
    await wenlan('clean', 'raw', '--out', 'clean', ...config);
    expect(JSON.parse(await wenlan('train', '--data', 'clean', '--out', 'run', ...config))).toMatchObject({ steps: 20 });
    const { matches } = JSON.parse(await wenlan('search', 'run', '红色的圆形', '--data', 'clean')) as { matches: unknown[] };
    expect(matches).toHaveLength(10);
  });
});

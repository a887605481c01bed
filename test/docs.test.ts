import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../packages/cli/src/serve-folder.ts';
import { guideCommands } from '../tools/guide-commands.ts';
import { writeDrawnSite } from './support/drawn-site.ts';
import { parseProblem } from './support/parse-problem.ts';
import { readerConfig } from './support/reader-config.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
].sort();

describe('the commands in the documentation', () => {
  const commands = pages.flatMap((page) =>
    guideCommands(join(root, page)).map(({ where, args }) => [relative(root, where), args] as const),
  );

  it('are there to be checked', () => {
    expect(new Set(commands.map(([where]) => where.split(':')[0])).size).toBeGreaterThan(6);
    expect(commands.length).toBeGreaterThan(30);
  });

  it.each(commands)('%s parses', async (_, args) => {
    expect(await parseProblem(args)).toBe('');
  });

  it('would not pass with an option or a command that is not there', async () => {
    expect(await parseProblem(['train', '--data', 'a', '--out', 'b', '--epochs', '3'])).toContain("unknown option '--epochs'");
    expect(await parseProblem(['train', '--data', 'a'])).toContain('--out');
    expect(await parseProblem(['teach'])).toContain("unknown command 'teach'");
  });

  it('have Chinese twins with the same commands', () => {
    for (const page of pages.filter((each) => each.startsWith('docs/guides/') && !each.endsWith('.zh-CN.md'))) {
      const twin = page.replace(/\.md$/u, '.zh-CN.md');
      const argsOf = (file: string): string[][] => guideCommands(join(root, file)).map(({ args }) => args);
      expect([twin, argsOf(twin)]).toEqual([twin, argsOf(page)]);
    }
  });

  it('link to files that are there', () => {
    const broken = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/gu)]
        .map(([, target]) => join(page, '..', target!))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('the tutorial', () => {
  let folder: string;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-tutorial-'));
    await writeDrawnSite(join(folder, 'site'), 10);
    site = await serveFolder(join(folder, 'site'));
  });
  afterAll(async () => {
    await site.close();
    await rm(folder, { recursive: true });
  });

  /** Runs the command in the reader's folder; one that serves is ended by Ctrl-C once it says where. */
  async function wenlan(args: string[]): Promise<{ status: number; said: string }> {
    const main = join(root, 'packages/cli/src/main.ts');
    const node = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx'), main];
    const child = spawn(process.execPath, [...node, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const closed = once(child, 'close') as Promise<[number]>;
    if (args[0] === 'serve') {
      await Promise.race([once(createInterface(child.stdout), 'line'), closed]);
      child.kill('SIGINT');
    }
    const [status] = await closed;
    return { status, said };
  }

  it('runs from its first command to its last, as it stands', { timeout: 300_000 }, async () => {
    for (const { where, args } of guideCommands(join(root, 'docs/guides/tutorial.md'))) {
      const [command] = args;
      const connects = command === 'crawl' || command === 'retry';
      const { status, said } = await wenlan(connects ? [...args, '--connect-to', `campus.test=${site.address}`] : args);
      expect({ where, status, said: status === 0 ? '' : said }).toEqual({ where, status: 0, said: '' });
      if (command === 'init') await writeFile(join(folder, 'wenlan.yaml'), JSON.stringify(readerConfig('http://campus.test/'))); // JSON is YAML
      if (command === 'inspect') expect(said).toMatch(/\bok\b/u);
      if (command === 'search') expect(said.trim().split('\n').length).toBeGreaterThan(3);
    }
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveFolder } from '../packages/cli/src/serve-folder.ts';
import { guideCommands } from '../tools/guide-commands.ts';
import { drawings } from './support/drawings.ts';
import { writeDrawnPairs } from './support/drawn-pairs.ts';
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

/** Runs the command in the reader's folder; one that serves is ended by Ctrl-C once it says where. */
async function wenlan(folder: string, args: readonly string[]): Promise<{ status: number; said: string }> {
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

describe('the guides', () => {
  let folder: string;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-guide-'));
    await writeDrawnSite(join(folder, 'site'), 10);
    site = await serveFolder(join(folder, 'site'));
  });
  afterEach(async () => {
    await site.close();
    await rm(folder, { recursive: true });
  });

  /** Every command of a guide in its order, those that fetch with what leads to the site of the test. @returns what each said */
  async function follow(guide: string, then: (command: string, said: string) => void | Promise<void> = () => {}): Promise<void> {
    for (const { where, args } of guideCommands(join(root, 'docs/guides', guide))) {
      const command = args[0]!;
      const more = ['crawl', 'retry'].includes(command) ? ['--connect-to', `campus.test=${site.address}`] : [];
      const config = more.length > 0 && !args.includes('--config') ? ['--config', 'wenlan.yaml'] : [];
      const { status, said } = await wenlan(folder, [...args, ...more, ...config]);
      expect({ where, status, said: status === 0 ? '' : said }).toEqual({ where, status: 0, said: '' });
      await then(command, said);
    }
  }

  /** JSON is YAML. */
  const writeConfig = async (train: object = {}): Promise<void> => {
    const config = readerConfig('http://campus.test/') as { train: object };
    await writeFile(join(folder, 'wenlan.yaml'), JSON.stringify({ ...config, train: { ...config.train, ...train } }));
  };

  it('tutorial runs from its first command to its last, as it stands', { timeout: 300_000 }, async () => {
    await follow('tutorial.md', async (command, said) => {
      if (command === 'init') await writeConfig();
      if (command === 'inspect') expect(said).toMatch(/\bok\b/u);
      if (command === 'search') expect(said.trim().split('\n').length).toBeGreaterThan(3);
    });
  });

  it('from img2dataset fetches the list', { timeout: 120_000 }, async () => {
    await writeConfig();
    const captions = drawings(0).map(({ caption }) => caption);
    const columnData = [
      { name: 'URL', data: captions.map((_, index) => `http://campus.test/seen-0-${index}.svg`), type: 'STRING' },
      { name: 'TEXT', data: captions, type: 'STRING' },
    ] as const;
    await writeFile(join(folder, 'laion-zh.parquet'), Buffer.from(parquetWriteBuffer({ columnData: [...columnData] })));
    await follow('from-img2dataset.md', (command, said) => {
      if (command === 'inspect') expect(said).toMatch(/\b24\s+ok\b/u);
    });
  });

  it('thirty million pairs crawls, cleans, serves and forgets', { timeout: 180_000 }, async () => {
    await writeConfig();
    await follow('thirty-million-pairs.md');
  });

  it(
    "from Chinese-CLIP trains on its files, and from BriVL's code begins with the weights of that",
    { timeout: 300_000 },
    async () => {
      await writeConfig();
      for (const split of ['train', 'valid']) {
        await mkdir(join(folder, 'MUGE', split), { recursive: true });
        const drawn = drawings(split === 'train' ? 0 : 1);
        const images = drawn.map(({ svg }, id) => `${id}\t${Buffer.from(svg).toString('base64')}\n`);
        const texts = drawn.map(({ caption }, id) => `${JSON.stringify({ text_id: id, text: caption, image_ids: [id] })}\n`);
        await writeFile(join(folder, `MUGE/${split}/${split}_imgs.tsv`), images.join(''));
        await writeFile(join(folder, `MUGE/${split}/${split}_texts.jsonl`), texts.join(''));
      }
      await writeDrawnPairs(join(folder, 'raw'), 2);
      await cp(join(root, 'packages/model/src/onnx/fixtures'), join(folder, 'chinese-clip'), { recursive: true });
      const towers = {
        image: { file: 'clip.img.onnx', side: 4, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
        text: { file: 'clip.txt.onnx', vocabulary: 'vocab.txt', tokens: 8 },
      };
      await writeFile(join(folder, 'chinese-clip/two-tower.yaml'), JSON.stringify(towers));
      await follow('from-chinese-clip.md', (command, said) => {
        if (command === 'clean') expect(said).toMatch(/^correlations: -?\d\.\d\d to /mu);
        if (command === 'evaluate') expect(said).toMatch(/t2i R@10 .*× chance/u);
      });

      const weights = ['export', '--run', 'runs/muge', '--format', 'pth', '--out', 'BriVL-1.0-5500w.pth'];
      expect(await wenlan(folder, weights)).toMatchObject({ status: 0 });
      await writeConfig({ vocabulary: 'runs/muge/vocab.txt' });
      await writeDrawnPairs(join(folder, 'pairs/clean'), 2);
      await follow('from-brivl.md');
    },
  );
});

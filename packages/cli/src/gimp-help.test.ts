import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { clean, parseRecipe } from '@wenlan/cleaning';
import { crawl } from '@wenlan/crawler';
import { readPairs, type Pair } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// GIMP's manual in Chinese: 685 pages that people wrote, as Debian packages them.
const PACKAGE = 'gimp-help-zh-cn';
const INSTALLED = '/usr/share/gimp/2.0/help/zh_CN';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=UTF-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};
/** Of the figures that have a Chinese text. */
const MAX_LOST = 0.05;
/** What stands on every page to turn it, and beside every remark. */
const NAVIGATION = [
  'next.png',
  'prev.png',
  'up.png',
  'home.png',
  'note.png',
  'tip.png',
  'caution.png',
  'warning.png',
  'important.png',
];

const folder = mkdtempSync(join(tmpdir(), 'wenlan-gimp-clean-'));
const manual = findManual();
if (manual === null)
  process.stdout.write(`The manual of GIMP is not cleaned: ${PACKAGE} isn't installed, and apt can't get it here.\n`);

/** The folder of the manual, installed or unpacked without being installed; null where neither can be done. */
function findManual(): string | null {
  if (existsSync(join(INSTALLED, 'index.html'))) return INSTALLED;
  spawnSync('apt-get', ['download', PACKAGE], { cwd: folder, stdio: 'ignore' });
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return null;
  spawnSync('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: folder, stdio: 'ignore' });
  const unpacked = join(folder, 'unpacked', INSTALLED);
  return existsSync(join(unpacked, 'index.html')) ? unpacked : null;
}

async function answer(url: string, response: ServerResponse): Promise<void> {
  const bytes = await readFile(join(manual!, decodeURIComponent(new URL(url, 'http://x/').pathname))).catch(() => null);
  if (bytes === null) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': TYPES[extname(url)] ?? 'application/octet-stream' }).end(bytes);
}

const nameOf = ({ imageUrl }: Pair): string => imageUrl!.split('/images/')[1]!;

describe.skipIf(manual === null)('a manual through the recipe of encyclopedias', () => {
  let server: Server;
  const rows: (Pair & { split: string })[] = [];

  beforeAll(async () => {
    server = createServer(({ url }, response) => void answer(url!, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const raw = join(folder, 'raw');
    await crawl({
      out: raw,
      sources: [{ name: 'gimp', kind: 'encyclopedia', seeds: ['http://docs.test/index.html'], maxPages: 2_000 }],
      contact: 'mailto:test@wenlan.test',
      connectTo: { 'docs.test': `127.0.0.1:${port}` },
      allowAddresses: ['127.0.0.0/8'],
      perHost: { requestsPerSecond: 100_000, concurrency: 16 },
      clock: () => 0,
      seed: 1,
    });
    const recipe = parseRecipe({ extends: 'encyclopedia', name: 'gimp', split: { validation: 0, test: 0 } });
    const out = join(folder, 'clean');
    await clean(raw, { out, recipe, seed: 1 });
    for (const split of ['train', 'dropped'])
      for await (const batch of readPairs(out, { splits: [split] })) for (const row of batch) rows.push({ ...row, split });
  }, 300_000);
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('loses every icon of the navigation', () => {
    const icons = rows.filter((row) => NAVIGATION.includes(nameOf(row)));
    expect(icons.length).toBeGreaterThan(1_000);
    expect(icons.filter(({ split }) => split !== 'dropped')).toEqual([]);
  });

  it('keeps its figures, those apart that have English texts only', () => {
    // A numbered caption stands under each; some stand on several pages, or are cut out of one another.
    const figures = rows.filter(({ texts }) => texts.some(({ kind, text }) => kind === 'caption' && text.startsWith('图 ')));
    const inChinese = figures.filter(({ outcome }) => outcome !== 'filtered:no-text');
    const lost = inChinese.filter(({ outcome }) => outcome !== 'ok' && !outcome.startsWith('duplicate:'));
    expect(inChinese.length).toBeGreaterThan(1_200);
    expect(lost.length / inChinese.length).toBeLessThan(MAX_LOST);
    // Menus that are more than three times as high as wide, and little else.
    expect(lost.filter(({ outcome }) => outcome === 'filtered:aspect').length).toBeGreaterThan(lost.length / 2);
  });
});

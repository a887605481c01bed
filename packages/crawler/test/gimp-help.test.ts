import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { CrawlSummary } from '@wenlan/crawler';
import type { Pair } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { GIMP_PICTURES } from './support/gimp-pictures.ts';

// GIMP's manual in Chinese: 685 pages that people wrote, as Debian packages them.
const PACKAGE = 'gimp-help-zh-cn';
const INSTALLED = '/usr/share/gimp/2.0/help/zh_CN';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=UTF-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

const folder = mkdtempSync(join(tmpdir(), 'wenlan-gimp-'));
const manual = findManual();
if (manual === null)
  process.stderr.write(`gimp-help.test.ts is skipped: ${PACKAGE} isn't installed, and apt can't get it here.\n`);

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

describe.skipIf(manual === null)('a manual of 685 pages', () => {
  let server: Server;
  let summary: CrawlSummary;
  let rows: Pair[];
  beforeAll(async () => {
    server = createServer(({ url }, response) => void answer(url!, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const out = join(folder, 'raw');
    summary = await crawlTestWeb(
      { connectTo: { 'docs.test': `127.0.0.1:${(server.address() as AddressInfo).port}` } },
      { out, sources: [{ name: 'gimp', kind: 'web', seeds: ['http://docs.test/index.html'], maxPages: 2_000 }] },
    );
    rows = await rowsOf(out);
  }, 180_000);
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('is read whole, and every picture that it shows is there', () => {
    expect(summary.pagesByOutcome['ok']).toBe(685);
    expect(summary.byOutcome['ok']).toBeGreaterThan(1_900);
    expect(Object.keys(summary.byOutcome).toSorted()).toEqual(['duplicate', 'ok']);
  });

  it.each(GIMP_PICTURES)('%s: %s', (page, image, ...expected) => {
    const row = rows.find(
      ({ pageUrl, imageUrl }) => pageUrl === `http://docs.test/${page}` && imageUrl === `http://docs.test/images/${image}`,
    )!;
    const texts = row.texts.map(({ kind, text }) => `${kind}:${text}`);
    const isAround = (text: string): boolean => text.startsWith('surrounding:');
    expect(texts.filter((text) => !isAround(text))).toEqual(expected.filter((text) => !isAround(text)));
    // Of what stands around a picture only the beginning is checked; an icon of the navigation has nothing around it.
    for (const around of expected.filter(isAround)) expect(texts.find(isAround)).toContain(around);
    if (expected.length === 1) expect(texts.filter(isAround)).toEqual([]);
  });
});

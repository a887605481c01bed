import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SourceAdapter } from '@wenlan/crawler';
import { startChaosServer } from './support/chaos-server.ts';
import type { ChaosServer } from './support/chaos-server.ts';
import { crawlTestWeb, rowsOf } from './support/crawl-test-web.ts';
import { selfSigned } from './support/self-signed.ts';
import { startTestWeb } from './support/test-web.ts';

let folder: string;
let chaos: ChaosServer | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wenlan-chaos-'))));
afterEach(async () => {
  await chaos?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Takes the pictures that a JSON list names. */
const list: SourceAdapter = {
  kind: 'web',
  seedRequests: ({ seeds }) => seeds.map((url) => ({ url })),
  extract: (page) => ({ candidates: (page.json() as string[]).map((imageUrl) => ({ imageUrl, texts: [] })), links: [] }),
};

const tls = selfSigned('self-signed.test');
if (tls === null) process.stderr.write('The host with a self-signed certificate is left out: openssl is not installed.\n');

it.each([1, 2])('every picture has its outcome whatever its server does, seed %i', async (seed) => {
  chaos = await startChaosServer(seed, tls);
  const { expected, connectTo } = chaos;
  const urls = Object.keys(expected);
  const web = await startTestWeb({ 'list.test/': JSON.stringify(urls) });
  try {
    const out = join(folder, 'raw');
    const summary = await crawlTestWeb(
      { connectTo: { ...connectTo, ...web.connectTo } },
      {
        out,
        seed,
        sources: [{ name: 'list', kind: 'web', seeds: ['http://list.test/'], adapter: list }],
        maxImageBytes: 200_000,
        limits: {
          retries: 3,
          retryBaseMillis: 1,
          firstByteTimeoutMillis: 900,
          idleTimeoutMillis: 900,
          totalTimeoutMillis: 2_500,
        },
      },
    );
    const rows = await rowsOf(out);
    expect(Object.fromEntries(rows.map(({ imageUrl, outcome }) => [imageUrl, outcome]))).toEqual(expected);
    expect(rows.map(({ imageUrl }) => imageUrl)).toEqual(urls);
    expect(summary.candidates).toBe(urls.length);
    // A picture that says nothing of what was asked for is kept as it came; that it is always the same one shows in its hash.
    const placeholders = rows.filter(({ imageUrl }) => imageUrl!.includes('placeholder'));
    expect(new Set(placeholders.map(({ sha256 }) => Buffer.from(sha256!).toString('hex'))).size).toBe(1);
    for (const { outcome, image } of rows) expect(image !== null).toBe(outcome === 'ok');
    await expect.poll(() => chaos!.connections).toBe(0);
  } finally {
    await web.close();
  }
});

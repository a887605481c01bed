import { execFileSync } from 'node:child_process';
import { verifyDataset } from '@wenlan/shards';
import { crawlTestWeb } from './crawl-test-web.ts';
import { folderBytes } from './folder-bytes.ts';
import { photo } from './pictures.ts';
import { startTestWeb } from './test-web.ts';
import type { Route } from './test-web.ts';

/** Crawls 40 pages with a picture of about 100 kB each, first on a file system of 1 MB, which becomes full, then with more room. */
const [mount, out, whole] = process.argv.slice(2) as [string, string, string];
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);

const picture = await photo('png', 3, 400, 300);
const routes: Record<string, Route> = {};
for (let page = 0; page < 40; page += 1) {
  routes[`a.test/${page}`] = `<img src="/${page}.png"><a href="/${page + 1}">下一页</a>`;
  routes[`a.test/${page}.png`] = Buffer.concat([picture, Buffer.alloc(100_000, page)]);
}
const web = await startTestWeb(routes);
const run = (location: string) =>
  crawlTestWeb(web, { out: location, sources: [{ name: 'a', kind: 'web', seeds: ['http://a.test/0'] }], maxShardRows: 2 });

const failure = await run(out).then(
  () => null,
  (error: Error & { code?: string; exitStatus?: number }) => error,
);
const afterFailure = await verifyDataset(out);
execFileSync('mount', ['-o', 'remount,size=64m', mount]);
await run(out);
await run(whole);
await web.close();
process.stdout.write(
  JSON.stringify({
    failure: failure && { code: failure.code, message: failure.message, exitStatus: failure.exitStatus },
    afterFailure,
    bytes: await folderBytes(out),
    expected: await folderBytes(whole),
  }),
);

import { crawlTestWeb } from './crawl-test-web.ts';
import { THREE_SITES } from './three-sites.ts';

// Crawls the three sites, saying whenever a page is finished.
const [out, connectTo] = process.argv.slice(2);
await crawlTestWeb(
  { connectTo: JSON.parse(connectTo!) as Record<string, string> },
  {
    out: out!,
    sources: THREE_SITES.map((source) => ({ ...source, seeds: [...source.seeds] })),
    maxShardRows: 10,
    onProgress: ({ type }) => process.stdout.write(`${type}\n`),
  },
);

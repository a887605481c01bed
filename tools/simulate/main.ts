import { parseArgs } from 'node:util';
import { realCrawl } from './real-crawl.ts';
import { measuredRate, scaleTable } from './scale-table.ts';
import { simulateCrawl, type SimulatedCrawl } from './simulate-crawl.ts';

const { values: given } = parseArgs({
  options: {
    urls: { type: 'string', default: '1000000' },
    hosts: { type: 'string', default: '5000' },
    exponent: { type: 'string', default: '0.8' },
    'requests-per-second': { type: 'string', default: '2' },
    'service-millis': { type: 'string', default: '200' },
    'failing-share': { type: 'string', default: '0.02' },
    'bytes-per-picture': { type: 'string', default: '100000' },
    'bytes-per-second': { type: 'string', default: '125000000' },
    machines: { type: 'string', default: '1' },
    parts: { type: 'string', default: '1' },
    'parts-at-once': { type: 'string', default: '1' },
    check: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (given.help) {
  process.stdout.write(`npm run simulate -- [--urls N] [--hosts N] [--exponent X] [--requests-per-second X] [--service-millis N]
  [--failing-share X] [--bytes-per-picture N] [--bytes-per-second N] [--machines N] [--parts 64 --parts-at-once N]
How long a crawl takes, and what binds it. What a machine fetches a second is that of docs/benchmarks/crawl-download.json.
--check does a hundredth of it for real, on loopback, beside its simulation.
--table prints the tables of docs/scale.md from docs/benchmarks.\n`);
} else if (given.table) {
  process.stdout.write(await scaleTable());
} else {
  const number = (name: Exclude<keyof typeof given, 'check' | 'table' | 'help'>): number => {
    const value = Number(given[name]);
    if (!(value >= 0)) throw new Error(`--${name} ${given[name]} is no number; give one of at least 0.`);
    return value;
  };
  const crawl: SimulatedCrawl = {
    urls: number('urls'),
    hosts: number('hosts'),
    exponent: number('exponent'),
    requestsPerSecond: number('requests-per-second'),
    serviceMillis: number('service-millis'),
    failingShare: number('failing-share'),
    retries: 3,
    retryMillis: 500,
    bytesPerPicture: number('bytes-per-picture'),
    bytesPerSecond: number('bytes-per-second'),
    picturesPerSecond: await measuredRate('crawl-download'),
    machines: number('machines'),
    parts: number('parts'),
    partsAtOnce: number('parts-at-once'),
    seed: 1,
  };
  if (given.check) {
    const small = {
      ...crawl,
      urls: crawl.urls / 100,
      hosts: Math.ceil(crawl.hosts / 100),
      failingShare: 0,
      parts: 1,
      machines: 1,
    };
    const simulated = simulateCrawl(small);
    const seconds = await realCrawl(small);
    const error = (100 * (simulated.seconds - seconds)) / seconds;
    process.stdout.write(
      `${small.urls} pictures of ${small.hosts} hosts: ${seconds.toFixed(1)} s, simulated ${simulated.seconds.toFixed(1)} s (${error.toFixed(1)} %)\n`,
    );
  } else {
    const { seconds, requests, bytes, picturesPerSecond, machineLimit, hostLimit, longestPartSeconds } = simulateCrawl(crawl);
    const binds = longestPartSeconds > 0.9 * seconds ? 'its most asked host' : 'its machines';
    const lines = [
      `${crawl.urls} pictures of ${crawl.hosts} hosts by ${crawl.machines} machines: ${(seconds / 3600).toFixed(1)} hours`,
      `${requests} requests, ${(bytes / 1e9).toFixed(1)} GB, ${picturesPerSecond.toFixed(0)} pictures/s`,
      `the machines bear ${machineLimit.toFixed(0)} pictures/s, the hosts ${hostLimit.toFixed(0)}; the longest part takes ${(longestPartSeconds / 3600).toFixed(1)} hours`,
      `bound by ${binds}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

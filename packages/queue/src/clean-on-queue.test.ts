import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clean, type CleanSummary, parseRecipe, type Recipe } from '@wenlan/cleaning';
import { emptyPair, openDataset, pairId, type UserError } from '@wenlan/shards';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { redisMissing, type RedisServer, startRedis } from '../test/support/redis-server.ts';
import { cleanOnQueue, partitionsFailed } from './clean-on-queue.ts';
import { openCleanQueue } from './clean-queue.ts';
import { finishTasks } from './finish-tasks.ts';

const CHILD = join(import.meta.dirname, '../test/support/clean-worker-child.ts');
const SHARDS = 12;
const SHARD_ROWS = 20;
/** Short, so that what a dead worker leaves is taken over while a test waits. */
const LOCK_MILLIS = 1_500;
const CHANGES = {
  extends: 'default',
  change: { 'min-side': { min: 32 }, bytes: { min: 50 } },
  split: { validation: 0.1, test: 0.1 },
};
const RECIPE: Recipe = parseRecipe(CHANGES);
const CITIES = '北京 上海 广州 深圳 成都 杭州 武汉 西安 南京 重庆 天津 苏州 长沙 沈阳 青岛 郑州 大连 东莞 宁波 厦门'.split(' ');
const SIGHTS = '古城墙 长江大桥 钟楼 博物馆 植物园 老街 火车站 大剧院 湖心亭 夜市 体育场 图书馆'.split(' ');
const SEED = 5;

let folder: string;
let redis: RedisServer;
const workers: ChildProcess[] = [];

if (redisMissing !== null) process.stderr.write(`Cleaning on the queue isn't tested: ${redisMissing}.\n`);

describe.skipIf(redisMissing !== null)('a cleaning on a queue', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-queue-'));
    await mkdir(join(folder, 'redis'));
    redis = await startRedis(join(folder, 'redis'));
    await writeRaw(join(folder, 'raw'));
    await clean(join(folder, 'raw'), { out: join(folder, 'alone'), recipe: RECIPE, seed: SEED });
  });
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  });
  afterAll(async () => {
    await redis.close();
    await rm(folder, { recursive: true });
  });

  function startWorkers(count: number): ChildProcess[] {
    const args = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx'), CHILD, redis.url, `${LOCK_MILLIS}`];
    const started = Array.from({ length: count }, () => spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
    workers.push(...started);
    return started;
  }

  const cleaned = (name: string, onMeasured: (rows: number) => void = () => {}): ReturnType<typeof cleanOnQueue> =>
    cleanOnQueue(join(folder, 'raw'), {
      out: join(folder, name),
      recipe: RECIPE,
      seed: SEED,
      queue: redis.url,
      onProgress: ({ phase, rowsDone }) => {
        if (phase === 'measure') onMeasured(rowsDone);
      },
    });

  it('has the same survivors and bytes, every shard measured by a worker', { timeout: 60_000 }, async () => {
    const [worker] = startWorkers(1);
    let said = '';
    worker!.stdout!.on('data', (text: Buffer) => (said += text.toString()));
    expect((await cleaned('queued')).kept).toBeGreaterThan(50);
    expect(await fingerprint('queued')).toEqual(await fingerprint('alone'));
    worker!.kill('SIGTERM');
    expect(await once(worker!, 'exit')).toEqual([0, null]);
    expect(said).toContain(`finished ${SHARDS}\n`);
  });

  it.each([
    ['killed', (worker: ChildProcess) => worker.kill('SIGKILL')],
    ['frozen, and thawed when another has its shard', freeze],
  ])('ends with the same bytes though a worker is %s', { timeout: 60_000 }, async (name, hurt) => {
    const [first] = startWorkers(2);
    let isHurt = false;
    const out = `hurt-${name.slice(0, 6)}`;
    await cleaned(out, (rows) => {
      if (rows < SHARD_ROWS || isHurt) return;
      isHurt = true;
      hurt(first!);
    });
    expect(isHurt).toBe(true);
    expect(await fingerprint(out)).toEqual(await fingerprint('alone'));
  });

  it('ends with the same bytes though Redis is killed and restarted in the middle', { timeout: 60_000 }, async () => {
    startWorkers(2);
    let restarted: Promise<void> | undefined;
    await cleaned('restarted', (rows) => {
      if (rows >= SHARD_ROWS) restarted ??= redis.restart();
    });
    await restarted;
    expect(restarted).toBeDefined();
    expect(await fingerprint('restarted')).toEqual(await fingerprint('alone'));
  });

  it('says which shards no worker could measure', { timeout: 60_000 }, async () => {
    const raw = join(folder, 'damaged');
    await writeRaw(raw);
    const file = join(raw, 'data', 'all-00003.arrow');
    const bytes = await readFile(file);
    bytes[bytes.length >>> 1]! ^= 1;
    await writeFile(file, bytes);
    startWorkers(1);
    const refused = cleanOnQueue(raw, { out: join(folder, 'none'), recipe: RECIPE, seed: SEED, queue: redis.url });
    await expect(refused).rejects.toMatchObject({ code: 'QUEUE_SHARDS_FAILED' });
    const queue = openCleanQueue(redis.url);
    expect((await queue.getFailed())[0]!.failedReason).toContain('all-00003.arrow');
    await queue.close();
  });

  describe('that groups in partitions', () => {
    const grouped = (name: string, queue: string | null): Promise<CleanSummary> => {
      const recipe = parseRecipe({ ...CHANGES, change: { ...CHANGES.change, 'text-frequency': { max: 1 } } });
      const options = { out: join(folder, name), recipe, seed: SEED, partitionRecords: 200 };
      const raw = join(folder, 'alike');
      return queue === null ? clean(raw, options) : cleanOnQueue(raw, { ...options, queue });
    };

    beforeAll(async () => {
      await writeRaw(join(folder, 'alike'), { alike: true });
      const { funnel } = await grouped('alike-alone', null);
      const lost = (rule: string): boolean => funnel.some((row) => row.rule === rule && row.in > row.out);
      const rules = ['exact-duplicate', 'near-duplicate', 'near-duplicate-text', 'text-frequency'];
      expect(rules.filter(lost)).toEqual(rules);
    });

    it('has the same survivors and bytes though a worker is killed in mid-partition', { timeout: 90_000 }, async () => {
      const [first, second] = startWorkers(2);
      let reduced = 0;
      let killed = false;
      second!.stdout!.on('data', (text: Buffer) => (reduced += text.toString().match(/ is reduced/g)?.length ?? 0));
      first!.stdout!.on('data', (text: Buffer) => {
        if (killed || !text.toString().includes(' is reduced')) return;
        killed = first!.kill('SIGKILL');
      });
      const summary = await grouped('alike-queued', redis.url);
      expect([killed, reduced > 20]).toEqual([true, true]);
      expect(await fingerprint('alike-queued')).toEqual(await fingerprint('alike-alone'));
      expect(summary).toEqual(await grouped('alike-alone', null));
      expect((await readdir(join(folder, 'alike-queued'))).sort()).toEqual(['data', 'manifest.json', 'measures']);
    });

    it('says which partitions no worker could reduce', { timeout: 60_000 }, async () => {
      startWorkers(1);
      const queue = openCleanQueue(redis.url);
      const location = join(folder, 'gone', 'job');
      const failure = (reasons: readonly string[]): UserError => partitionsFailed('clean', reasons);
      const tasks = new Map([['gone-7', { location, task: 7 }]]);
      const refused = finishTasks(queue, tasks, () => {}, { signal: undefined, failure });
      await expect(refused).rejects.toThrow(/^1 partitions of clean couldn't be reduced, such as partition 7: .*job\.json/);
      await queue.close();
    });
  });

  async function fingerprint(name: string): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const part of ['data', 'measures'])
      for (const file of (await readdir(join(folder, name, part))).sort())
        hashes[`${part}/${file}`] = createHash('sha256')
          .update(await readFile(join(folder, name, part, file)))
          .digest('hex');
    return hashes;
  }
});

/** Drawings with captions; every fifth picture stands there twice, with another text; or much is nearly the same. */
async function writeRaw(location: string, { alike = false } = {}): Promise<void> {
  const writer = await openDataset(location, { stage: 'crawl', recipe: {}, maxShardRows: SHARD_ROWS });
  const rows = Array.from({ length: SHARDS * SHARD_ROWS }, (_, index) => {
    const imageUrl = `https://img.test/${index}.svg`;
    const pageUrl = `https://page.test/${index}`;
    const place = `${CITIES[index % CITIES.length]}的${SIGHTS[Math.floor(index / CITIES.length)]}`;
    const like = `${CITIES[(index >>> 2) % CITIES.length]}的${SIGHTS[(index >>> 2) % SIGHTS.length]}前面有很多人在排队等着看日出`;
    const caption = !alike || index % 7 === 0 ? place : index % 3 === 0 ? like : `${like.replace('日出', '日落')}啊`;
    return emptyPair({
      id: pairId(imageUrl, pageUrl),
      source: 'web',
      outcome: 'ok',
      pageUrl,
      imageUrl,
      texts: [{ kind: 'caption', text: caption }],
      mime: 'image/svg+xml',
      image: drawing(index % 5 === 4 ? index - 1 : index, alike && index % 3 === 0 ? 120 : 80),
    });
  });
  await writer.append(rows);
  await writer.finish();
}

function drawing(seed: number, width = 80): Buffer {
  const digest = createHash('sha256').update(String(seed)).digest();
  const shapes = Array.from({ length: 8 }, (_, at) => {
    const [x, y, r, hue] = digest.subarray(at * 4, at * 4 + 4);
    return `<circle cx="${x! % 80}" cy="${y! % 60}" r="${5 + (r! % 20)}" fill="hsl(${hue! * 1.4} 80% 50%)"/>`;
  });
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${width * 0.75}" viewBox="0 0 80 60">${shapes.join('')}</svg>`,
  );
}

function freeze(worker: ChildProcess): void {
  worker.kill('SIGSTOP');
  setTimeout(() => worker.kill('SIGCONT'), 3 * LOCK_MILLIS);
}

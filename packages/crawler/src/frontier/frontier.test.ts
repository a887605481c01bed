import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Frontier } from './frontier.ts';

let folder: string;
let frontier: Frontier | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-frontier-'));
});
afterEach(() => frontier?.close());
afterAll(() => rm(folder, { recursive: true }));

/** Opens a frontier again, as after a kill. */
async function reopen(name: string, rowsCommitted: number): Promise<Frontier> {
  await frontier?.close();
  frontier = await Frontier.open(join(folder, name), { recipeHash: 'recipe', sources: 1, rowsCommitted });
  return frontier;
}

const page = (number: number): { url: string; depth: number } => ({ url: `http://a.test/${number}`, depth: 1 });
const PICTURE = {
  id: 'ID',
  outcome: 'ok',
  sha256: null,
  mime: null,
  width: 1,
  height: 1,
  robots: null,
  directives: null,
  tdm: null,
};

/** Finishes a page that links to two others and has one picture. */
function finish(crawl: Frontier, number: number): void {
  crawl.enqueue(0, page(2 * number + 1), 1e9);
  crawl.enqueue(0, page(2 * number + 2), 1e9);
  crawl.addPicture(`picture ${number}`, PICTURE);
  crawl.addRow(`row ${number}`);
  crawl.addFailure(`http://a.test/broken/${number}`, 'tcp');
  crawl.finishPage(0, { outcome: 'ok', cost: 2, rows: 1, outcomes: { ok: 1 }, failedSeed: null });
}

async function begin(name: string): Promise<Frontier> {
  const crawl = await reopen(name, 0);
  crawl.enqueue(0, page(0), 10);
  crawl.seedsQueued();
  return crawl;
}

const stateOf = (crawl: Frontier) => ({
  rows: crawl.rows,
  // Which finished pages still lie on the disk is of no account.
  source: { ...structuredClone(crawl.sources[0]), removed: 0 },
  next: crawl.page(0, crawl.sources[0]!.head).url,
  hasRow: [0, 1, 2, 3, 4].map((number) => crawl.hasRow(`row ${number}`)),
  hasPicture: [0, 1, 2, 3, 4].map((number) => crawl.picture(`picture ${number}`) !== undefined),
  failures: [...crawl.failures()].length,
});

describe(Frontier, () => {
  it('queues each page once, up to the budget of its source', async () => {
    const crawl = await begin('queue');
    for (const url of [
      'http://a.test/0',
      'HTTP://A.test/0#x',
      'http://a.test/1',
      'http://a.test/%31',
      'http://a.test/2',
      'http://a.test/3',
    ]) {
      crawl.enqueue(0, { url, depth: 1 }, 3);
    }
    expect(crawl.sources[0]).toMatchObject({ head: 0, tail: 3 });
    expect([0, 1, 2].map((sequence) => crawl.page(0, sequence).url)).toEqual([
      'http://a.test/0',
      'http://a.test/1',
      'http://a.test/2',
    ]);
    expect(() => crawl.page(0, 3)).toThrow('Page 3 of source 0 is not in the frontier.');
  });

  it('goes on from the shard that was committed last, wherever it was killed', async () => {
    const crawl = await begin('kill');
    finish(crawl, 0);
    finish(crawl, 1);
    crawl.prepare();
    crawl.committed();
    const afterFirst = { ...stateOf(crawl), failures: 2 };
    finish(crawl, 2);
    finish(crawl, 3);

    // Killed before the second shard was prepared.
    const again = await reopen('kill', 2);
    expect(again.isNew).toBe(false);
    expect(stateOf(again)).toEqual(afterFirst);
    finish(again, 2);
    finish(again, 3);
    again.prepare();
    const prepared = stateOf(again);

    // Killed after it was prepared, before its rows were committed.
    const back = await reopen('kill', 2);
    expect(stateOf(back)).toEqual(afterFirst);
    finish(back, 2);
    finish(back, 3);
    back.prepare();

    // Killed after its rows were committed, before the frontier was told.
    const forth = await reopen('kill', 4);
    expect(stateOf(forth)).toEqual(prepared);
  });

  it('begins anew if nothing was committed', async () => {
    const crawl = await begin('new');
    finish(crawl, 0);
    crawl.prepare();
    const again = await reopen('new', 0);
    expect(again.isNew).toBe(true);
    expect(again.hasRow('row 0')).toBe(false);
    again.enqueue(0, page(0), 10);
    expect(again.sources[0]!.tail).toBe(1);
  });

  it('takes back what was written between two shards because memory was short', async () => {
    const crawl = await begin('spill');
    finish(crawl, 0);
    crawl.prepare();
    crawl.committed();
    const committed = { ...stateOf(crawl), failures: 1 };
    for (let spill = 0; spill < 2; spill += 1) {
      for (let number = 0; number < 26_000; number += 1) crawl.enqueue(0, page(1000 + spill * 26_000 + number), 1e9);
      finish(crawl, spill + 1);
    }
    const again = await reopen('spill', 1);
    expect(stateOf(again)).toEqual(committed);
    again.enqueue(0, page(1000), 1e9);
    expect(again.sources[0]!.tail).toBe(committed.source.tail! + 1);
  });

  it('refuses a dataset whose rows it does not know', async () => {
    const crawl = await begin('missing');
    finish(crawl, 0);
    crawl.prepare();
    await expect(reopen('missing', 7)).rejects.toThrow(
      `The crawl can't go on: ${join(folder, 'missing')} doesn't know the 7 rows that are committed beside it; restore it, or delete the dataset to start over.`,
    );
  });

  it('is told of every shard before it is committed', async () => {
    const crawl = await begin('order');
    expect(() => crawl.committed()).toThrow('A shard was committed that the frontier was not prepared for.');
  });

  it('queues so many pages of a host, also after a kill', async () => {
    const open = async (rowsCommitted: number): Promise<Frontier> => {
      await frontier?.close();
      const options = { recipeHash: 'recipe', sources: 1, rowsCommitted, maxPagesPerHost: 3 };
      frontier = await Frontier.open(join(folder, 'hosts'), options);
      return frontier;
    };
    const fill = (crawl: Frontier, from: number): number => {
      for (let number = from; number < from + 5; number += 1) crawl.enqueue(0, page(number), 1e9);
      return crawl.sources[0]!.tail;
    };
    let crawl = await open(0);
    crawl.enqueue(0, page(0), 1e9);
    crawl.seedsQueued();
    crawl.addRow('row');
    crawl.finishPage(0, { outcome: 'ok', cost: 1, rows: 1, outcomes: { ok: 1 }, failedSeed: null });
    crawl.prepare();
    crawl.committed();
    expect(fill(crawl, 1)).toBe(3);
    crawl.enqueue(0, { url: 'http://b.test/', depth: 1 }, 1e9);
    expect(crawl.sources[0]!.tail).toBe(4);
    crawl.addRow('row 2');
    crawl.prepare();
    // Killed before the shard was committed: its two pages don't count.
    crawl = await open(1);
    expect(crawl.sources[0]!.tail).toBe(1);
    expect(fill(crawl, 10)).toBe(3);
  });
});

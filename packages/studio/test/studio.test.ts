import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset, readPairs } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStudio } from '../src/index.ts';
import type { CleaningOption, FigureTable, Studio, StudioOptions } from '../src/index.ts';
import { colourModel } from './support/colour-model.ts';
import { writeSampleDataset } from './support/sample-dataset.ts';

const ROWS = 700;
let folder: string;
let studio: Studio;
let options: StudioOptions;

const cleaning: CleaningOption = {
  dataset: 'sample',
  rules: async () => [{ rule: 'length', options: { min: 2 }, bins: [[0, 3]] }],
  preview: async (changes) => {
    const min = changes['length']?.['min'] ?? 2;
    if (typeof min !== 'number') throw new Error('The cleaning recipe can’t be used: length.min is no number.');
    return { kept: ROWS - min, funnel: [{ rule: 'length', in: ROWS, out: ROWS - min }], dropped: { length: [] } };
  },
  recipe: async (changes) => `rules: ${JSON.stringify(changes)}\n`,
};

const TABLE: FigureTable = {
  title: 'Recall, split test',
  columns: ['i2t R@1', 't2i R@1'],
  lines: [
    { name: 'brivl', figures: { 'i2t R@1': { value: 21.25, low: 19, high: 23 }, 't2i R@1': { value: 20 } } },
    { name: 'clip', figures: { 'i2t R@1': { value: 18 } } },
  ],
  notes: { recall: 'any-of' },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-studio-'));
  const location = join(folder, 'sample');
  await writeSampleDataset(location, ROWS);
  options = {
    datasets: [{ name: 'sample', location }],
    runs: [
      {
        name: 'brivl',
        readMetrics: async () => Array.from({ length: 5000 }, (_, index) => ({ step: index + 1, loss: 9 - index / 1000 })),
        readResumePoints: async () => [4000, 5000],
      },
    ],
    readTables: async () => [TABLE],
    cleaning: [cleaning],
    search: await colourModel('sample', location),
    cacheFolder: join(folder, 'cache'),
  };
  studio = await startStudio(options);
});

afterAll(async () => {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, studio.url), init);
// eslint-disable-next-line typescript/no-explicit-any
const bodyOf = async (response: Response | Promise<Response>): Promise<any> => (await response).json();
const json = (path: string): ReturnType<typeof bodyOf> => bodyOf(get(path));
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  get(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
const filtered = (filter: object, rest = ''): string =>
  `/api/datasets/sample/pairs?filter=${encodeURIComponent(JSON.stringify(filter))}${rest}`;

describe('pairs', () => {
  test('come a page at a time, each once, in the order of the dataset', async () => {
    const seen: number[] = [];
    for (let after = -1; ;) {
      const { total, pairs } = (await json(filtered({}, `&after=${after}&limit=300`))) as {
        total: number;
        pairs: { position: number }[];
      };
      expect(total).toBe(ROWS);
      if (pairs.length === 0) break;
      seen.push(...pairs.map(({ position }) => position));
      after = seen.at(-1)!;
    }
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, index) => index));
  });

  test.each([
    [{ outcome: ['timeout'] }, (index: number) => index % 7 === 3],
    [{ source: ['news'], split: ['test'] }, (index: number) => index % 10 === 0],
    [{ words: '红色 PHOTO' }, (index: number) => index % 4 === 0],
    [{ ranges: { 'score:aesthetic': [0.5, null] } }, (index: number) => index % 100 >= 50 && index % 7 !== 3],
    [{ ranges: { fetchedAt: [null, 1.7e12 + 9000] } }, (index: number) => index < 10],
  ])('pass the filter %j', async (filter, passes) => {
    const expected = Array.from({ length: ROWS }, (_, index) => index).filter(passes);
    expect((await json(filtered(filter))).total).toBe(expected.length);
  });

  test('are found by words again after many other words', async () => {
    const total = async (words: string): Promise<number> => (await json(filtered({ words }))).total;
    const first = await total('红色');
    expect(first).toBe(ROWS / 4);
    for (let index = 100; index < 150; index += 1) expect(await total(`photo ${index}`)).toBe(1);
    expect(await Promise.all([total('红色'), total('红色'), total('第')])).toEqual([first, first, ROWS]);
  });

  test('are counted by value and in bins, each without its own condition', async () => {
    const filter = encodeURIComponent(JSON.stringify({ source: ['news'], ranges: { width: [150, 200] } }));
    const { facets, histograms } = await json(`/api/datasets/sample/counts?filter=${filter}&columns=width,score:aesthetic`);
    expect(facets.source.map(({ value }: { value: string }) => value).sort()).toEqual(['news', 'weibo']);
    const [width, aesthetic] = histograms;
    const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);
    const withPicture = Array.from({ length: ROWS }, (_, index) => index).filter((index) => index % 7 !== 3 && index % 2 === 0);
    expect([width.least, width.most, sum(width.counts)]).toEqual([120, 240, withPicture.length]);
    expect(sum(aesthetic.counts)).toBe(withPicture.filter((index) => index % 4 === 2).length);
  });

  test('show their whole record, and near-duplicates beside it', async () => {
    const { pairs } = await json(filtered({ outcome: ['duplicate'] }, '&limit=1'));
    const record = await json(`/api/datasets/sample/pairs/${pairs[0].position}`);
    expect(record.outcome).toMatch(/^duplicate:/u);
    expect(record.near.map(({ id }: { id: string }) => id)).toContain(record.outcome.slice('duplicate:'.length));
    expect(record.sha256).toMatch(/^[0-9a-f]{64}$/u);
    expect(record.texts[1]).toEqual({ kind: 'surrounding', text: expect.stringContaining('<b>bold</b>') });
  });

  test('have a picture as a JPEG, or say that there is none', async () => {
    const response = await get('/api/datasets/sample/pairs/0/picture');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(await sharp(Buffer.from(await response.arrayBuffer())).metadata()).toMatchObject({
      format: 'jpeg',
      width: 120,
      height: 90,
    });
    const failed = await json(filtered({ outcome: ['timeout'] }, '&limit=1'));
    const missing = await get(`/api/datasets/sample/pairs/${failed.pairs[0].position}/picture`);
    expect([missing.status, (await bodyOf(missing)).title]).toEqual([404, 'PICTURE_MISSING']);
  });
});

test('shows the picture of a dropped pair from the dataset that it was dropped from', async () => {
  const [raw, location] = [join(folder, 'sample'), join(folder, 'derived')];
  const writer = await openDataset(location, { stage: 'clean', recipe: {}, parents: [raw] });
  for await (const rows of readPairs(raw)) {
    await writer.append(rows.map((row) => ({ ...row, image: null, outcome: 'filtered:blur' as const })));
    break;
  }
  await writer.finish();
  const both = await startStudio({ ...options, datasets: [{ name: 'derived', location }, ...options.datasets] });
  const alone = await startStudio({ ...options, datasets: [{ name: 'derived', location }] });
  try {
    const first = async (url: string): Promise<unknown> =>
      (await bodyOf(fetch(new URL('/api/datasets/derived/pairs?limit=1', url)))).pairs[0];
    expect(await first(both.url)).toMatchObject({
      outcome: 'filtered:blur',
      pictureBytes: null,
      picture: { dataset: 'sample', position: expect.any(Number) },
    });
    expect(await first(alone.url)).toMatchObject({ picture: null });
  } finally {
    await both.close();
    await alone.close();
  }
});

describe('search', () => {
  test('finds pictures by a sentence and sentences by a picture', async () => {
    const found = await bodyOf(post('/api/search', { collection: 'pictures', text: '一片蓝色', top: 5 }));
    expect(found.matches).toHaveLength(5);
    for (const { text, pair } of found.matches) {
      expect(text).toContain('蓝色');
      expect(pair.caption).toBe(text);
    }
    const picture = (
      await sharp({ create: { width: 30, height: 20, channels: 3, background: '#2e7d32' } })
        .jpeg()
        .toBuffer()
    ).toString('base64');
    const lines = await bodyOf(post('/api/search', { collection: 'lines', picture, top: 1 }));
    expect(lines.matches[0].text).toBe('满眼绿色');
    const songs = await bodyOf(post('/api/search', { collection: 'songs', picture, top: 1 }));
    expect(songs.matches[0]).toMatchObject({ title: '绿色之歌', artist: '某人', text: '满眼绿色' });
  });

  test('gives the vectors, and where in a picture a sentence is found', async () => {
    const half = await sharp({ create: { width: 140, height: 140, channels: 3, background: '#000000' } })
      .composite([{ input: { create: { width: 70, height: 140, channels: 3, background: '#c62828' } }, left: 70, top: 0 }])
      .png()
      .toBuffer();
    const picture = half.toString('base64');
    const encoded = await bodyOf(post('/api/encode', { texts: ['红色'], pictures: [picture] }));
    expect([encoded.dim, encoded.texts[0].length, encoded.pictures[0].length]).toEqual([3, 3, 3]);
    const { grid, losses } = await bodyOf(post('/api/heatmap', { text: '红色', picture }));
    const mean = (columns: number[]): number =>
      columns.reduce((sum, column) => sum + losses[3 * grid + column], 0) / columns.length;
    expect(losses).toHaveLength(grid * grid);
    expect(mean([4, 5, 6])).toBeGreaterThan(mean([0, 1, 2]));
  });

  test.each([
    [{ collection: 'pictures' }, 400, 'BODY_INVALID'],
    [{ collection: 'pictures', text: '猫', picture: 'AAAA' }, 400, 'BODY_INVALID'],
    [{ collection: 'pictures', text: '猫', topp: 3 }, 400, 'BODY_INVALID'],
    [{ collection: 'nothing', text: '猫' }, 404, 'COLLECTION_UNKNOWN'],
    [{ collection: 'lines', picture: Buffer.from('no picture').toString('base64') }, 422, 'PICTURE_DAMAGED'],
    [{ collection: 'lines', picture: 'not base64!' }, 400, 'BODY_INVALID'],
  ])('refuses %j in one sentence', async (body, status, title) => {
    const response = await post('/api/search', body);
    const problem = await bodyOf(response);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect([response.status, problem.status, problem.title]).toEqual([status, status, title]);
    expect(problem.detail).toMatch(/^\S.*\.$/su);
  });
});

describe('cleaning and runs', () => {
  test('previews other thresholds and gives the recipe', async () => {
    expect((await json('/api/cleaning/sample')).rules[0].rule).toBe('length');
    expect((await bodyOf(post('/api/cleaning/sample/preview', { changes: { length: { min: 9 } } }))).kept).toBe(ROWS - 9);
    const refused = await post('/api/cleaning/sample/preview', { changes: { length: { min: 'many' } } });
    expect([refused.status, (await bodyOf(refused)).title]).toEqual([400, 'CHANGES_REFUSED']);
    expect(await (await post('/api/cleaning/sample/recipe', { changes: { length: { min: 9 } } })).text()).toContain('"min":9');
    expect((await get('/api/cleaning/other')).status).toBe(404);
  });

  test('shows the tables of figures as they are, none where there are none', async () => {
    expect(await json('/api/tables')).toEqual({ tables: [TABLE] });
    const { readTables: _, ...without } = options;
    const other = await startStudio(without);
    try {
      expect(await bodyOf(fetch(new URL('/api/tables', other.url)))).toEqual({ tables: [] });
    } finally {
      await other.close();
    }
  });

  test('thins long curves and keeps their end', async () => {
    const { columns, resumePoints } = await json('/api/runs/brivl/metrics');
    expect(resumePoints).toEqual([4000, 5000]);
    expect(columns.loss.steps.length).toBeLessThanOrEqual(2001);
    expect([columns.loss.steps[0], columns.loss.steps.at(-1)]).toEqual([1, 5000]);
    expect((await get('/api/runs/none/metrics')).status).toBe(404);
  });
});

describe('safety', () => {
  test.each([
    ['/api/datasets/other/pairs', 404, 'DATASET_UNKNOWN'],
    ['/api/datasets/sample/pairs/700', 404, 'PAIR_UNKNOWN'],
    ['/api/datasets/sample/pairs/-1', 404, 'PAIR_UNKNOWN'],
    [filtered({ ranges: { nothing: [1, 2] } }), 400, 'COLUMN_UNKNOWN'],
    ['/api/datasets/sample/pairs?filter=%7B', 400, 'FILTER_INVALID'],
    ['/api/datasets/sample/pairs?limit=100000', 400, 'QUERY_INVALID'],
    ['/page/..%2Fpackage.json', 404, 'NOT_FOUND'],
    ['/page/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 404, 'NOT_FOUND'],
    ['/vendor/lit-html.d.ts', 404, 'NOT_FOUND'],
    ['/nothing', 404, 'NOT_FOUND'],
  ])('answers %s with a problem', async (path, status, title) => {
    const response = await get(path);
    expect([response.status, (await bodyOf(response)).title]).toEqual([status, title]);
  });

  test('lets nothing inline run and nobody frame it', async () => {
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('refuses a web page of another name that resolves to this machine, and its requests', async () => {
    const { port } = new URL(studio.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/api/studio', headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const foreign = await post('/api/search', { collection: 'lines', text: '红色' }, { 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, (await bodyOf(foreign)).title]).toEqual([403, 'ORIGIN_REFUSED']);
  });

  test('refuses bodies above its limit', async () => {
    const response = await post('/api/search', { collection: 'lines', picture: 'A'.repeat(17 * 1024 * 1024) });
    expect([response.status, (await bodyOf(response)).title]).toEqual([413, 'BODY_TOO_BIG']);
  });

  test('limits how often one client may search', async () => {
    const other = await startStudio({ ...options, requestsPerMinute: 3 });
    try {
      const ask = (): Promise<Response> =>
        fetch(new URL('/api/search', other.url), { method: 'POST', body: JSON.stringify({ collection: 'lines', text: '红色' }) });
      const statuses = [];
      for (let index = 0; index < 5; index += 1) statuses.push((await ask()).status);
      expect(statuses).toEqual([200, 200, 200, 429, 429]);
    } finally {
      await other.close();
    }
  });

  test('answers nobody without the token, and everybody with it', async () => {
    const other = await startStudio({ ...options, host: '0.0.0.0', token: 'a secret' });
    try {
      const url = new URL(other.url);
      url.hostname = '127.0.0.1';
      expect((await fetch(new URL('/api/studio', url))).status).toBe(401);
      expect((await fetch(new URL('/api/studio', url), { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
      expect((await fetch(new URL('/api/studio', url), { headers: { authorization: 'Bearer a secret' } })).status).toBe(200);
      const first = await fetch(url);
      expect(first.status).toBe(200);
      expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/u);
    } finally {
      await other.close();
    }
  });

  test('is not open to others without a token, and says when its port is taken', async () => {
    await expect(startStudio({ ...options, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'TOKEN_NEEDED' });
    const port = Number(new URL(studio.url).port);
    await expect(startStudio({ ...options, port })).rejects.toMatchObject({ code: 'ADDRESS_TAKEN' });
  });
});

test('describes itself by OpenAPI, every route of the page among it', async () => {
  const document = await json('/api/openapi.json');
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toHaveLength(13);
  expect(document.paths['/api/search'].post.requestBody.content['application/json'].schema.required).toEqual(['collection']);
});

test('keeps the index of a dataset between two starts, and names a dataset that is missing', async () => {
  const before = await readdir(join(folder, 'cache'));
  const progress: number[] = [];
  const again = await startStudio({ ...options, onProgress: ({ rowsDone }) => progress.push(rowsDone) });
  await again.close();
  expect([await readdir(join(folder, 'cache')), progress]).toEqual([before, []]);
  const missing = { ...options, datasets: [{ name: 'none', location: join(folder, 'none') }] };
  await expect(startStudio(missing)).rejects.toMatchObject({ code: 'DATASET_MISSING' });
});

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { emptyPair, openDataset, pairId } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startStudio } from '../src/index.ts';
import type { Studio } from '../src/index.ts';
import { colourModel } from './support/colour-model.ts';
import { findChromium } from './support/find-chromium.ts';
import { writeSampleDataset } from './support/sample-dataset.ts';

const ROWS = 400;
const executablePath = findChromium();
/** A folder that screenshots are written to; none by default. */
const screenshots = process.env['WENLAN_SCREENSHOTS'];
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(executablePath === null)('the page in a real browser', () => {
  let folder: string;
  let studio: Studio;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  let minimum = 2;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-browser-'));
    const location = join(folder, 'sample');
    await writeSampleDataset(location, ROWS);
    studio = await startStudio({
      datasets: [{ name: 'sample', location }],
      runs: ['brivl', 'clip'].map((name, index) => ({
        name,
        readMetrics: async () => Array.from({ length: 100 }, (_, step) => ({ step: step + 1, loss: 9 - index - step / 50 })),
        readResumePoints: async () => [50, 100],
      })),
      readTables: async () => [
        {
          title: 'Recall, split test',
          columns: ['i2t R@1', 't2i R@1'],
          lines: [
            { name: 'brivl', figures: { 'i2t R@1': { value: 21.25, low: 19, high: 23.5 }, 't2i R@1': { value: 20 } } },
            { name: 'clip', figures: { 'i2t R@1': { value: 18 } } },
          ],
          notes: { recall: 'any-of' },
        },
      ],
      cleaning: [
        {
          dataset: 'sample',
          rules: async () => [{ rule: 'length', options: { min: 2 }, bins: [] }],
          preview: async (changes) => {
            minimum = Number(changes['length']?.['min'] ?? 2);
            if (minimum > ROWS) throw new Error('The cleaning recipe can’t be used: length.min is too much.');
            return { kept: ROWS - minimum, funnel: [{ rule: 'length', in: ROWS, out: ROWS - minimum }], dropped: {} };
          },
          recipe: async (changes) => `changes: ${JSON.stringify(changes)}\n`,
        },
      ],
      search: await colourModel('sample', location),
      cacheFolder: join(folder, 'cache'),
    });
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    errors = [];
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    page.on('pageerror', (error) => void errors.push(error.message));
  });

  afterEach(async () => {
    await page.close();
    expect(errors).toEqual([]);
  });

  const open = async (view: string): Promise<void> => {
    await page.goto(`${studio.url}#${view}`);
    await page.waitForSelector('nav a[aria-current=page]');
  };

  const picture = async (name: string): Promise<void> => {
    if (screenshots === undefined) return;
    await mkdir(screenshots, { recursive: true });
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: name === 'runs' });
  };

  const violations = async (): Promise<string[]> => {
    await page.evaluate(axe);
    const { violations: found } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };

  const summary = (): Promise<string> => page.locator('.summary strong').first().innerText();

  test('filters pairs by value, by words and by a histogram, and clears the filters', async () => {
    await open('explore');
    await page.getByRole('checkbox', { name: /^news/u }).check();
    await expect.poll(summary).toBe('200');
    await page.getByLabel('Words in the texts').fill('红色');
    await expect.poll(summary).toBe('100');
    const width = page.locator('.histogram', { hasText: 'Width' });
    await width.getByLabel('from').fill('200');
    await width.getByLabel('from').press('Enter');
    await expect.poll(summary).toBe('0');
    await page.getByText('No pair fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await expect.poll(summary).toBe('400');
    const svg = (await width.locator('svg').boundingBox())!;
    await page.mouse.move(svg.x + 2, svg.y + 20);
    await page.mouse.down();
    await page.mouse.move(svg.x + svg.width / 2, svg.y + 20);
    await page.mouse.up();
    const brushed =
      ROWS - Array.from({ length: ROWS }, (_, index) => index).filter((index) => index % 7 === 3 || index % 4 > 1).length;
    await expect.poll(summary).toBe(String(brushed));
    await picture('explore');
  });

  test('shows a pair by keyboard alone, its near-duplicates too, and text of pages as text', async () => {
    await open('explore');
    await page.getByRole('checkbox', { name: /^duplicate/u }).focus();
    await page.keyboard.press('Space');
    await expect.poll(summary).not.toBe('400');
    await page.locator('.card').first().focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Record' });
    await dialog.getByText('Near-duplicates of it').waitFor();
    expect(await dialog.innerText()).toContain('<b>bold</b>');
    await picture('pair');
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.isVisible()).toBe(false);
  });

  test('shows more pairs', async () => {
    await open('explore');
    await expect.poll(() => page.locator('.card').count()).toBe(60);
    await page.getByRole('button', { name: 'Show more' }).dblclick();
    await expect.poll(() => page.locator('.card').count()).toBe(120);
    const captions = await page.locator('.card .caption').allInnerTexts();
    expect(new Set(captions).size).toBe(120);
  });

  test('lets a chosen value be taken back that no pair has any longer', async () => {
    await open('explore');
    const timeout = page.getByRole('checkbox', { name: /^timeout/u });
    await timeout.check();
    await expect.poll(summary).toBe('57');
    const width = page.locator('.histogram', { hasText: 'Width' });
    await width.getByLabel('from').fill('100');
    await width.getByLabel('from').press('Enter');
    await expect.poll(summary).toBe('0');
    await timeout.uncheck();
    await expect.poll(summary).toBe('343');
  });

  test('adds no pairs that a new filter overtook', async () => {
    await open('explore');
    await expect.poll(() => page.locator('.card').count()).toBe(60);
    const held: (() => Promise<void>)[] = [];
    await page.route(/after=59/u, (route) => void held.push(() => route.continue().catch(() => {})));
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => held.length).toBe(1);
    await page.getByLabel('Words in the texts').fill('红色');
    await expect.poll(summary).toBe('100');
    await Promise.all(held.map((release) => release()));
    expect(await page.locator('.card .caption').allInnerTexts()).toEqual(
      Array.from({ length: 60 }, () => expect.stringContaining('红色')),
    );
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => page.locator('.card').count()).toBe(100);
  });

  test('filters by the day that a pair was fetched on', async () => {
    await open('explore');
    await page.getByLabel('Histogram of').selectOption('fetchedAt');
    const fetched = page.locator('.histogram', { hasText: 'Fetched' });
    await fetched.getByLabel('to').fill('2023-11-13');
    await fetched.getByLabel('to').press('Tab');
    await expect.poll(summary).toBe('0');
    await fetched.getByLabel('to').fill('2023-11-14');
    await fetched.getByLabel('to').press('Tab');
    await expect.poll(summary).toBe('400');
    expect(await fetched.getByLabel('to').inputValue()).toBe('2023-11-14');
    expect(await violations()).toEqual([]);
    await picture('date');
  });

  test('finds pictures by a sentence, sentences by a picture, and where in it', async () => {
    await open('search');
    await page.getByLabel('A sentence').fill('蓝色');
    await page.keyboard.press('Enter');
    await page.locator('.card').first().waitFor();
    expect(await page.locator('.card .caption').allInnerTexts()).toEqual(
      Array.from({ length: 24 }, () => expect.stringContaining('蓝色')),
    );
    await picture('search');
    const wood = await sharp({ create: { width: 110, height: 90, channels: 3, background: '#2e7d32' } })
      .png()
      .toBuffer();
    const file = await sharp({ create: { width: 210, height: 160, channels: 3, background: '#37474f' } })
      .composite([{ input: wood, left: 90, top: 60 }])
      .png()
      .toBuffer();
    await page.getByLabel('A picture').setInputFiles({ name: 'green.png', mimeType: 'image/png', buffer: file });
    await expect.poll(() => page.locator('.line').first().innerText()).toContain('绿色');
    await page.getByRole('button', { name: 'Where in the picture?' }).first().click();
    await page.locator('.stack svg').waitFor();
    expect(await violations()).toEqual([]);
    await picture('sentences');
    await page.getByRole('combobox', { name: /^In/u }).selectOption('songs');
    await expect.poll(() => page.locator('.line strong').first().innerText()).toBe('绿色之歌');
    await picture('songs');
    expect(await violations()).toEqual([]);
  });

  test('says in a sentence that a file is no picture', async () => {
    await open('search');
    await page
      .getByLabel('A picture')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toBe(
      'notes.txt is no picture that this browser reads; choose another file.',
    );
  });

  test('moves a threshold, sees what is kept, and saves the recipe', async () => {
    await open('cleaning');
    await expect.poll(summary).toBe('398');
    await page.getByLabel('min').fill('30');
    await expect.poll(summary).toBe('370');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as recipe' }).click();
    expect(await readFile(await (await download).path(), 'utf8')).toBe('changes: {"length":{"min":30}}\n');
    expect(await violations()).toEqual([]);
    await picture('cleaning');
    await page.getByLabel('min').fill('1000');
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('length.min is too much');
    expect(await page.getByRole('status').innerText()).toBe('These thresholds can’t be used.');
    expect(await page.getByRole('button', { name: 'Save as recipe' }).isDisabled()).toBe(true);
    await page.getByLabel('min').fill('20');
    await expect.poll(summary).toBe('380');
    errors = errors.filter((error) => !error.includes('status of 400')); // the browser's own line
  });

  test('draws the curves of two runs', async () => {
    await open('runs');
    await page.locator('.plot canvas').waitFor();
    await expect.poll(() => page.locator('.u-legend').innerText()).toContain('clip');
    await page.getByRole('checkbox', { name: 'clip' }).uncheck();
    await expect.poll(() => page.locator('.u-legend').innerText()).not.toContain('clip');
    expect(await page.locator('table').nth(1).innerText()).toContain('7.02');
    const table = page.getByRole('table', { name: 'Figures' });
    expect(await table.locator('strong').allInnerTexts()).toEqual(['21.3', '20.0']);
    expect(await table.innerText()).toContain('(19.0–23.5)');
    await page.getByText('What one must know to compare them').click();
    await page.getByText('any-of').waitFor();
    expect(await violations()).toEqual([]);
    await picture('runs');
  });

  test('speaks Chinese, and stays in it', async () => {
    await open('explore');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('link', { name: '检索' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: '检索' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
    await expect.poll(summary).toBe('400');
    expect(await violations()).toEqual([]);
  });

  test('fits a phone, in the dark too', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('explore');
    await page.locator('.card').first().waitFor();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    expect(await violations()).toEqual([]);
    await picture('phone');
    await page.getByRole('button', { name: '中文' }).click();
    const heights = await page.locator('nav a').evaluateAll((links) => links.map((link) => link.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeLessThan(40);
    expect((await page.locator('nav').boundingBox())!.height).toBeLessThan(45);
  });

  test('says in a sentence that the studio no longer answers, wherever it is asked', async () => {
    await open('explore');
    await page.locator('.card').first().waitFor();
    await page.route('**/api/**', (route) => route.abort());
    const sentence = 'The studio doesn’t answer; look whether wenlan serve still runs, then load this page again.';
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toBe(sentence);
    expect(await violations()).toEqual([]);
    for (const view of ['cleaning', 'runs', 'search']) {
      await page.locator(`nav a[href="#${view}"]`).click();
      if (view === 'search') await page.getByLabel('A sentence').fill('蓝色');
      if (view === 'search') await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('alert').innerText()).toBe(sentence);
    }
    await page.reload();
    await expect.poll(() => page.getByRole('alert').innerText()).toBe(sentence);
    errors = errors.filter((error) => !error.includes('net::ERR_FAILED')); // the browser's own lines
  });

  test('explains an empty dataset, one without readable pictures, and a wrong token', async () => {
    const [empty, broken] = [join(folder, 'empty'), join(folder, 'broken')];
    await (await openDataset(empty, { stage: 'clean', recipe: { name: 'empty' } })).finish();
    const writer = await openDataset(broken, { stage: 'clean', recipe: { name: 'broken' } });
    const imageUrl = 'https://pictures.example/x.png';
    const image = Buffer.from('no picture');
    await writer.append([emptyPair({ id: pairId(imageUrl, null), source: 'news', outcome: 'ok', imageUrl, image })], 'train');
    await writer.finish();
    const datasets = [
      { name: 'empty', location: empty },
      { name: 'broken', location: broken },
    ];
    const other = await startStudio({ datasets, token: 'of the test', cacheFolder: join(folder, 'cache') });
    try {
      await page.goto(other.url.replace(/token=.*/u, 'token=wrong'));
      expect(await page.getByRole('main').innerText()).toContain('Open the address with the token that `wenlan serve` printed');
      expect(await violations()).toEqual([]);
      await page.goto(other.url);
      await page.getByText('This dataset has no pairs.').waitFor();
      expect(await violations()).toEqual([]);
      await picture('empty');
      await page.getByLabel('Dataset').selectOption('broken');
      await expect.poll(() => page.locator('.card img').getAttribute('alt')).toBe('the picture doesn’t decode');
      await picture('broken');
      expect(await violations()).toEqual([]);
    } finally {
      await other.close();
    }
    const none = await startStudio({ datasets: [], cacheFolder: join(folder, 'cache') });
    try {
      await page.goto(none.url);
      await page.getByText('No dataset is served; start the studio with the folder of one.').waitFor();
    } finally {
      await none.close();
    }
    errors = errors.filter((error) => !/status of (401|422)/u.test(error)); // the browser's own lines
  });
});

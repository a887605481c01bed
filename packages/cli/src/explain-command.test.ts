import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan } from '../test/support/run-wenlan.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-explain-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('wenlan explain', () => {
  it('prints an object for each line of a file, empty ones too', async () => {
    const file = join(folder, 'lines.txt');
    await writeFile(file, '\uFEFF#周末# 看灯[doge]，电话13812345678\r\n\r\n点击查看大图\n');
    const { status, out } = await runWenlan('explain', '--lines', file, '--profile', 'weibo', '--json');
    expect(status).toBe(0);
    const explained = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input: string; text: string; keep: boolean; rules: { rule: string }[] });
    expect(explained.map(({ input, text, keep }) => [input, text, keep])).toEqual([
      ['#周末# 看灯[doge]，电话13812345678', '周末看灯，电话〈电话〉', true],
      ['', '', false],
      ['点击查看大图', '', false],
    ]);
    expect(Object.keys(explained[0]!)).toEqual(['input', 'text', 'keep', 'rules']);
    expect(explained[0]!.rules).toContainEqual({ rule: 'phones', score: 1, keep: true });
  });

  it('prints the verdicts on a text for a person', async () => {
    const { status, out } = await runWenlan('explain', '长城 点击查看大图');
    expect(status).toBe(0);
    expect(out).toMatch(/^长城 点击查看大图\n {2}kept as: 长城\n[^]*ui-phrases +1\n/);
  });

  it('prints the verdicts on a picture, and on bytes that are none', async () => {
    const file = join(folder, 'small.png');
    await writeFile(
      file,
      await sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    const { out } = await runWenlan('--json', 'explain', file);
    const explained = JSON.parse(out) as { rules: object[] };
    expect(explained).toMatchObject({ input: file, format: 'png', width: 40, height: 20, keep: false });
    expect(explained.rules).toContainEqual({ rule: 'min-side', score: 20, keep: false });
    await writeFile(file, '<html>');
    const broken = await runWenlan('explain', file);
    expect(broken.out).toContain('no picture that decodes, dropped');
  });

  it('takes the name of a picture that is not there as a text', async () => {
    const { out } = await runWenlan('--json', 'explain', 'IMG_1234.jpg');
    expect(JSON.parse(out)).toMatchObject({ input: 'IMG_1234.jpg', keep: false });
  });

  it('says in a sentence what is missing', async () => {
    expect(await runWenlan('explain')).toMatchObject({ status: 2, err: expect.stringContaining('--lines') as string });
    const missing = await runWenlan('explain', '--lines', join(folder, 'nowhere.txt'));
    expect(missing.status).toBe(2);
    expect(missing.err).toContain('nowhere.txt');
    expect((await runWenlan('explain', '--profile', 'blog', '字')).status).toBe(2);
    expect((await runWenlan('explain', '--recipe', 'nothing', '字')).err).toContain('nothing');
  });
});

describe('wenlan clean', () => {
  it('--measure prints how often every rule errs', async () => {
    const { status, out } = await runWenlan('clean', '--measure');
    expect(status).toBe(0);
    expect(out).toMatch(
      /^Each rule[^\n]+\nrule +positive negative precision +recall\naccounts +\d+ +\d+ +[01]\.\d{3} +[01]\.\d{3}\n/,
    );
    expect(out).toContain('names (held out)');
    expect(out.split('The recipes weibo')[1]).toMatch(/\nphones +\d+ +\d+ +[01]\.\d{3} +[01]\.\d{3}\n/u);
  });

  it('--sample shows the funnel of some rows and writes nothing', async () => {
    const raw = join(folder, 'raw');
    const writer = await openDataset(raw, { stage: 'crawl', recipe: {} });
    const picture = (side: number): Promise<Buffer> =>
      sharp({
        create: { width: side, height: side, channels: 3, background: 'red', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
      })
        .png()
        .toBuffer();
    const rows = [300, 300, 20, 300, 20].map(async (side, index) =>
      emptyPair({
        id: `PAIR${index}`,
        source: 'weibo',
        outcome: 'ok',
        imageUrl: `https://a.test/${index}.png`,
        image: await picture(side),
        texts: [{ kind: 'post', text: index === 3 ? '转发微博' : `第${index}张长城的照片` }],
      }),
    );
    await writer.append(await Promise.all(rows));
    await writer.finish();
    await writer.close();
    const { status, out, err } = await runWenlan('clean', raw, '--sample', '5', '--recipe', 'weibo');
    expect({ status, err: err.includes('Error') }).toEqual({ status: 0, err: false });
    expect(out).toMatch(/\nui-phrases +texts +5 +4 +1 {2}转发微博\n/);
    expect(out).toMatch(/\nmin-side +pairs +4 +2 +2/);
    expect(out).toMatch(/\n\d pairs kept, \d dropped; nothing is written\n$/);
    const few = await runWenlan('--json', 'clean', raw, '--sample', '2', '--recipe', 'weibo');
    const { kept, dropped } = JSON.parse(few.out) as { kept: number; dropped: number };
    expect(kept + dropped).toBe(2);
  });

  it('says that a dataset is missing', async () => {
    expect(await runWenlan('clean')).toMatchObject({ status: 2, err: expect.stringContaining('--measure') as string });
  });
});

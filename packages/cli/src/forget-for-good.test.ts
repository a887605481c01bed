import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, openDataset, pairId, readPairs } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan, wenlanJson } from '../test/support/run-wenlan.ts';

const PERSON = 'https://m.weibo.cn/u/1234';
const url = (number: number): string => `https://img.example/${number}.png`;

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-forget-'));
  await writeFile(at('all.yaml'), 'extends: small-pictures\nname: all\nsplit: { validation: 0, test: 0 }\n');
  const writer = await openDataset(at('raw'), { stage: 'crawl', recipe: {} });
  for (let number = 0; number < 6; number += 1) {
    const side = 40 + 10 * number;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" height="100%" fill="hsl(${number * 60} 80% 60%)"/><circle cx="${5 + 5 * number}" cy="20" r="${6 + 3 * number}" fill="navy"/></svg>`;
    const image = await sharp(Buffer.from(svg)).png().toBuffer();
    const author = number < 2 ? PERSON : null;
    const texts = [{ kind: 'caption' as const, text: `第${number}张图里的圆` }];
    const row = { id: pairId(url(number), null), source: 'weibo', outcome: 'ok', imageUrl: url(number) } as const;
    await writer.append([emptyPair({ ...row, author, image, texts, mime: 'image/png', width: side, height: side })]);
  }
  await writer.finish();
  await writer.close();
  await wenlanJson('export', at('raw'), '--out', at('copy'), '--format', 'parquet');
  await wenlanJson('clean', at('raw'), '--out', at('clean'), '--recipe', at('all.yaml'));
});
afterAll(() => rm(folder, { recursive: true }));

/** URLs of the pictures that are there. */
async function urlsIn(dataset: string): Promise<string[]> {
  const urls: string[] = [];
  for await (const rows of readPairs(dataset))
    urls.push(...rows.filter(({ image }) => image !== null).map(({ imageUrl }) => imageUrl!));
  return urls.sort();
}

describe('what was forgotten', () => {
  it('comes back neither by import, nor by clean, nor by clean --retune', async () => {
    const kept = [3, 4, 5].map(url);
    expect(await wenlanJson('forget', at('raw'), '--user', PERSON, '--url', url(2))).toMatchObject({ datasets: [{ rows: 3 }] });
    expect(await urlsIn(at('raw'))).toEqual(kept);

    // The cleaning that was made before still has them, but what it measured is of shards that are gone.
    expect(await urlsIn(at('clean'))).toHaveLength(6);
    const refused = {
      status: 2,
      out: '',
      err: expect.stringMatching(/^The measures of the shard .+; clean the dataset again without --retune\.\n$/) as string,
    };
    const retune = ['clean', at('clean'), '--retune', '--recipe', at('all.yaml'), '--out', at('retuned')];
    expect(await runWenlan(...retune)).toEqual(refused);
    await wenlanJson('clean', at('raw'), '--out', at('again'), '--recipe', at('all.yaml'));
    expect(await urlsIn(at('again'))).toEqual(kept);

    expect(await wenlanJson('forget', at('raw'), '--user', PERSON, '--url', url(2), '--derived', at('clean'))).toMatchObject({
      datasets: [{ rows: 0 }, { rows: 3 }],
    });
    expect(await urlsIn(at('clean'))).toEqual(kept);
    expect(await runWenlan(...retune)).toEqual(refused);

    await wenlanJson('import', at('copy'), '--out', at('imported'), '--forgotten-in', at('raw'));
    expect(await urlsIn(at('imported'))).toEqual(kept);
    expect(await wenlanJson('inspect', at('imported'))).toMatchObject({ byOutcome: { ok: 3, forgotten: 3 } });
  });
});

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPairs } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan, wenlanJson } from '../test/support/run-wenlan.ts';

const TOWERS = join(import.meta.dirname, '../../model/src/onnx/fixtures');
const SIDE = 4;
/** Lines of the towers' vocab.txt from 0, between [CLS] and [SEP]. */
const CAPTIONS: [text: string, ids: number[]][] = [
  ['红旗的旗', [2, 5, 8, 9, 8, 3]],
  ['绿旗的旗', [2, 6, 8, 9, 8, 3]],
  ['蓝旗的旗', [2, 7, 8, 9, 8, 3]],
  ['旗的红蓝', [2, 8, 9, 5, 7, 3]],
  ['绿绿蓝旗', [2, 6, 6, 7, 8, 3]],
  ['蓝红绿的', [2, 7, 5, 6, 9, 3]],
];
/** Shows the first picture upside down, which these towers give the same vector. */
const TWIN = '旗';

let folder: string;
const at = (name: string): string => join(folder, name);
const level = (seed: number, place: number): number => (seed * 91 + place * 37) % 256;

/** A folder of the towers as Chinese-CLIP exports them. */
async function towers(name: string, mean: number): Promise<string> {
  await cp(TOWERS, at(name), { recursive: true });
  await writeFile(
    join(at(name), 'two-tower.yaml'),
    `image: { file: clip.img.onnx, side: ${SIDE}, mean: [${mean}, ${mean}, ${mean}], std: [0.25, 0.25, 0.25] }
text: { file: clip.txt.onnx, vocabulary: vocab.txt, tokens: 8 }\n`,
  );
  return at(name);
}

/** The cosine of what the towers of make.py give for a picture and a caption. */
function cosine(seed: number, mean: number, ids: readonly number[]): number {
  const columns = Array.from({ length: 3 * SIDE }, (_, place) => {
    const [channel, column] = [Math.floor(place / SIDE), place % SIDE];
    let sum = 0;
    for (let row = 0; row < SIDE; row += 1) sum += level(seed, (row * SIDE + column) * 3 + channel);
    return (sum / SIDE / 255 - mean) / 0.25;
  });
  const image = [0, 1, 2, 3].map((to) =>
    columns.reduce((sum, value, from) => sum + (value * (((from * 7 + to * 3) % 11) - 5)) / 10, 0),
  );
  const text = [0, 1, 2, 3].map((to) => ids.reduce((sum, id) => sum + (((id * 5 + to * 5) % 13) - 6) / 10, 0));
  const dot = image.reduce((sum, value, place) => sum + value * text[place]!, 0);
  return dot / Math.hypot(...image) / Math.hypot(...text);
}

const clean = (out: string, ...args: string[]): string[] => [
  'clean',
  at('raw'),
  '--out',
  at(out),
  '--recipe',
  at('recipe.yaml'),
  ...args,
];

async function correlations(out: string): Promise<Map<string, { correlation: number; band: string | null }>> {
  const found = new Map<string, { correlation: number; band: string | null }>();
  for await (const rows of readPairs(at(out), { splits: ['train'] }))
    for (const { texts, scores, band } of rows) found.set(texts[0]!.text, { correlation: scores['band.correlation']!, band });
  return found;
}

const bandOf = (value: number): 'strong' | 'weak' | 'unrelated' => {
  if (value >= 0.3) return 'strong';
  return value < -0.3 ? 'unrelated' : 'weak';
};

function expectCosines(found: Awaited<ReturnType<typeof correlations>>, mean: number): void {
  expect(found.size).toBe(CAPTIONS.length);
  for (const [seed, [text, ids]] of CAPTIONS.entries()) {
    const expected = cosine(seed, mean, ids);
    expect(found.get(text)!.correlation).toBeCloseTo(expected, 5);
    expect(found.get(text)!.band).toBe(bandOf(expected));
  }
}

describe('clean --onnx', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-clean-onnx-'));
    for (const seed of CAPTIONS.keys()) {
      const pixels = Buffer.from(Array.from({ length: SIDE * SIDE * 3 }, (_, place) => level(seed, place)));
      await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png()
        .toFile(at(`${seed}.png`));
    }
    await sharp(at('0.png')).flip().toFile(at('twin.png'));
    const rows = CAPTIONS.map(([text], seed) => `${seed}.png,${text}`);
    await writeFile(at('list.csv'), ['path,caption', ...rows, `twin.png,${TWIN}`, ''].join('\n'));
    const rules = [
      { rule: 'decode', maxPixels: 1e6 },
      { rule: 'semantic-duplicate', minCosine: 0.99999 },
      { rule: 'band', strong: 0.3, unrelated: -0.3 },
    ];
    await writeFile(
      at('recipe.yaml'),
      JSON.stringify({
        name: 'bands',
        rules,
        encode: { maxSide: 64, vectorSide: 64, jpegQuality: 90 },
        split: { validation: 0, test: 0 },
      }),
    );
    await wenlanJson('import', at('list.csv'), '--out', at('raw'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('sorts pairs into bands by the cosine of two towers, and finds pictures of one vector', async () => {
    await wenlanJson(...clean('banded', '--onnx', await towers('model', 0.5)));
    const found = await correlations('banded');
    expect(found.has(TWIN)).toBe(false);
    expectCosines(found, 0.5);
  });

  it('shows the bands of a sample', async () => {
    const args = ['--recipe', at('recipe.yaml'), '--sample', '100', '--onnx', await towers('sampled', 0.5)];
    const { status, out } = await runWenlan('clean', at('raw'), ...args);
    expect(status).toBe(0);
    const counts = { strong: 0, weak: 0, unrelated: 0 };
    for (const [seed, [, ids]] of CAPTIONS.entries()) counts[bandOf(cosine(seed, 0.5, ids))] += 1;
    expect(out).toContain(`bands: over-match 0, strong ${counts.strong}, weak ${counts.weak}, unrelated ${counts.unrelated}\n`);
  });

  it('does not take what one model said for the word of another', async () => {
    const [first, second] = [await towers('first', 0.5), await towers('second', 0.1)];
    // What a cleaning that was killed before it wrote has left: its measures.
    await wenlanJson(...clean('early', '--onnx', first));
    await cp(at('early/measures'), at('late/measures'), { recursive: true });
    await wenlanJson(...clean('late', '--onnx', second));
    expectCosines(await correlations('late'), 0.1);
    const scorers = await Promise.all(
      ['early', 'late'].map(async (out) => {
        const [name] = await readdir(at(`${out}/measures`));
        const bytes = await readFile(at(`${out}/measures/${name!}`));
        const header = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(10))) as { pictures: { scorer: string } };
        return header.pictures.scorer;
      }),
    );
    expect(scorers).toEqual([expect.stringMatching(/^onnx [0-9a-f]{64}$/), expect.stringMatching(/^onnx [0-9a-f]{64}$/)]);
    expect(scorers[0]).not.toBe(scorers[1]);
  });

  it.each([
    [['--onnx', 'a', '--run', 'b'], '--run and --onnx each say how pictures and texts correlate; leave all but one of them out.'],
    [['--vectors', 'a', '--run', 'b'], '--run and --vectors each say how pictures and texts correlate; leave all but one'],
    [['--vectors', 'a', '--onnx', 'b'], '--vectors and --onnx each say'],
    [['--onnx', 'nowhere'], "nowhere/two-tower.yaml can't be read (ENOENT)"],
    [['--onnx', 'a', '--retune'], 'leave out --onnx, or clean the raw dataset without --retune'],
  ])('refuses %j', async (args, sentence) => {
    const { status, err } = await runWenlan(...clean('no', ...args));
    expect([status, err]).toEqual([2, expect.stringContaining(sentence)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

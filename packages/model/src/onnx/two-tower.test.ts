import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { encodePng } from '../../test/support/png.ts';
import { loadTwoTower } from './two-tower.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const [SIDE, TOKENS, DIM] = [4, 8, 4];
const MEAN = [0.48145466, 0.4578275, 0.40821073];
const STD = [0.26862954, 0.26130258, 0.27577711];
const PAIRS = { clip: ['clip.img.onnx', 'clip.txt.onnx'], transformers: ['vision_model.onnx', 'text_model.onnx'] } as const;

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'wenlan-two-tower-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder with all the fixtures, and a `two-tower.yaml` that names two of them. */
async function modelFolder(
  [image, text]: readonly [string, string] = PAIRS.clip,
  change: { image?: object; text?: object } = {},
): Promise<string> {
  const folder = join(root, String((folders += 1)));
  await cp(FIXTURES, folder, { recursive: true });
  const settings = {
    image: { file: image, side: SIDE, mean: MEAN, std: STD, ...change.image },
    text: { file: text, vocabulary: 'vocab.txt', tokens: TOKENS, ...change.text },
  };
  await writeFile(join(folder, 'two-tower.yaml'), stringify(settings));
  return folder;
}

const level = (seed: number, at: number): number => (seed * 91 + at * 37) % 256;
const picture = (seed: number): Uint8Array =>
  encodePng(SIDE, SIDE, (x, y) => {
    const at = (y * SIDE + x) * 3;
    return [level(seed, at), level(seed, at + 1), level(seed, at + 2)];
  });

const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const rows = (count: number, value: (row: number) => number[]): number[][] =>
  Array.from({ length: count }, (_, row) => value(row));

/** What the image towers of fixtures/make.py give. */
function imageVector(seed: number): number[] {
  const means = Array.from({ length: 3 * SIDE }, (_, at) => {
    const [channel, column] = [Math.floor(at / SIDE), at % SIDE];
    const values = rows(SIDE, (row) => [level(seed, (row * SIDE + column) * 3 + channel)]).flat();
    return (values.reduce((sum, value) => sum + value, 0) / SIDE / 255 - MEAN[channel]!) / STD[channel]!;
  });
  return Array.from({ length: DIM }, (_, column) =>
    means.reduce((sum, value, row) => sum + (value * (((row * 7 + column * 3) % 11) - 5)) / 10, 0),
  );
}

/** What the text towers give for ids, as lines of vocab.txt from 0. */
const textVector = (ids: readonly number[]): number[] =>
  Array.from(
    { length: DIM },
    (_, column) => ids.reduce((sum, id) => sum + (((id * 5 + column * 5) % 13) - 6) / 10, 0) / ids.length,
  );

// [CLS] 红 旗 的 flag ##s [SEP]; one too long, which keeps its [SEP]; one that the vocabulary lacks; one shorter than all.
const TEXTS = ['红旗的 Flags', '蓝蓝蓝蓝蓝蓝蓝绿', '雪', ''];
const IDS = [
  [2, 5, 8, 9, 10, 11, 3],
  [2, 7, 7, 7, 7, 7, 7, 3],
  [2, 1, 3],
  [2, 3],
];

function expectRows(found: Float32Array, expected: readonly number[][]): void {
  expect(found).toHaveLength(expected.length * DIM);
  for (const [at, value] of expected.flat().entries()) expect(found[at]).toBeCloseTo(value, 5);
}

const refusal = (folder: string): Promise<unknown> =>
  loadTwoTower(folder).then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof UserError && !error.message.includes('\n') ? [error.code, error.message] : error),
  );

describe(loadTwoTower, () => {
  it.each(Object.entries(PAIRS))('gives the vectors of towers exported as those of %s', async (_, files) => {
    const model = await loadTwoTower(await modelFolder(files));
    const pictures = Array.from({ length: 35 }, (_, seed) => picture(seed));
    expect(model.dim).toBe(DIM);
    expectRows(
      await model.encodePictures(pictures),
      rows(35, (seed) => unit(imageVector(seed))),
    );
    expectRows(
      await model.encodeTexts(TEXTS),
      rows(TEXTS.length, (row) => unit(textVector(IDS[row]!))),
    );
    expect(await model.encodePictures([])).toHaveLength(0);
    await model.dispose();
  });

  it('fills a batch that is fixed, and feeds int32', async () => {
    const model = await loadTwoTower(await modelFolder(['vision_model.onnx', 'text_int32.onnx']));
    expectRows(
      await model.encodeTexts(TEXTS),
      rows(TEXTS.length, (row) => unit(textVector(IDS[row]!))),
    );
    await model.dispose();
  });

  it('takes the output that is named', async () => {
    const unknown = await refusal(await modelFolder(PAIRS.clip, { text: { output: 'sum' } }));
    expect(unknown).toEqual(['ONNX_OUTPUT', expect.stringContaining('has no output sum, only unnorm_text_features; correct')]);
    const hidden = await refusal(await modelFolder(PAIRS.transformers, { text: { output: 'last_hidden_state' } }));
    expect(hidden).toEqual([
      'ONNX_OUTPUT',
      expect.stringContaining('has the shape [1, 8, 4] for 1 rows instead of a vector each'),
    ]);
    expect(await refusal(await modelFolder(['no_vectors.onnx', 'clip.txt.onnx']))).toEqual([
      'ONNX_OUTPUT',
      expect.stringContaining('no_vectors.onnx has no output of vectors, [batch, dimension] in float32, only last_hidden_state;'),
    ]);
    const named = await loadTwoTower(await modelFolder(PAIRS.transformers, { text: { output: 'text_embeds' } }));
    expectRows(await named.encodeTexts(['雪']), [unit(textVector(IDS[2]!))]);
    await named.dispose();
  });

  it('gives no number where a vector has no length', async () => {
    const model = await loadTwoTower(await modelFolder(PAIRS.clip, { image: { mean: [0, 0, 0] } }));
    const black = encodePng(9, 5, () => [0, 0, 0]);
    const found = await model.encodePictures([picture(1), black]);
    expect([...found].map(Number.isNaN)).toEqual([false, false, false, false, true, true, true, true]);
    await model.dispose();
  });

  it('has a checksum of all files and none of where they lie', async () => {
    const checksums: string[] = [];
    for (const change of ['', 'weights', 'settings']) {
      const folder = await modelFolder();
      if (change === 'weights') await writeFile(join(folder, 'clip.img.onnx.data'), 'x');
      if (change === 'settings') await appendFile(join(folder, 'two-tower.yaml'), '# changed\n');
      const { sha256, dispose } = await loadTwoTower(folder);
      await dispose();
      checksums.push(sha256);
    }
    const again = await loadTwoTower(await modelFolder());
    await again.dispose();
    expect(again.sha256).toBe(checksums[0]);
    expect(new Set(checksums).size).toBe(3);
  });

  it('says what two-tower.yaml lacks', async () => {
    expect(await refusal(FIXTURES)).toEqual([
      'TWO_TOWER_MISSING',
      expect.stringMatching(/two-tower\.yaml can't be read \(ENOENT\)/),
    ]);
    const said = async (change: Parameters<typeof modelFolder>[1]): Promise<unknown> =>
      refusal(await modelFolder(PAIRS.clip, change));
    const wrong = (key: string): unknown[] => [
      'TWO_TOWER_INVALID',
      expect.stringContaining(`two-tower.yaml: "${key}" is wrong (`),
    ];
    expect(await said({ image: { sides: 4 } })).toEqual(wrong('image.sides'));
    expect(await said({ image: { mean: [0.5, 0.5] } })).toEqual(wrong('image.mean'));
    expect(await said({ image: { std: [1, 0, 1] } })).toEqual(wrong('image.std.1'));
    expect(await said({ text: { file: '../elsewhere.onnx' } })).toEqual([
      'TWO_TOWER_INVALID',
      expect.stringContaining('"text.file" is wrong (name a file inside the folder); correct it.'),
    ]);
    const folder = await modelFolder();
    await writeFile(join(folder, 'two-tower.yaml'), 'image: {\n');
    expect(await refusal(folder)).toEqual([
      'TWO_TOWER_INVALID',
      expect.stringMatching(/two-tower\.yaml:\d+: .*; mend the YAML there\.$/),
    ]);
    await writeFile(join(folder, 'two-tower.yaml'), '');
    expect(await refusal(folder)).toEqual(wrong('the whole file'));
  });

  it.each([
    ['a model that is missing', ['no.onnx', 'clip.txt.onnx'], {}, 'ONNX_MODEL_MISSING', "no.onnx can't be read (ENOENT)"],
    ['what is no ONNX', ['make.py', 'clip.txt.onnx'], {}, 'ONNX_MODEL_INVALID', "make.py can't be loaded ("],
    ['a vocabulary that is missing', PAIRS.clip, { text: { vocabulary: 'no.txt' } }, 'VOCABULARY_MISSING', 'no.txt'],
    [
      'towers of two models',
      ['vision_model.onnx', 'text_narrow.onnx'],
      {},
      'ONNX_TOWERS_DIFFER',
      'vectors of 4 numbers and text_narrow.onnx of 3;',
    ],
    [
      'inputs without a meaning',
      ['clip.img.onnx', 'text_two_ids.onnx'],
      {},
      'ONNX_INPUT',
      'takes question ([batch, sequence] in int64), answer (',
    ],
    [
      'pictures for a text tower',
      ['clip.img.onnx', 'clip.img.onnx'],
      {},
      'ONNX_INPUT',
      'takes image ([1, 3, 4, 4] in float32) instead of one input of ids',
    ],
    [
      'both towers in one',
      ['both_in_one.onnx', 'clip.txt.onnx'],
      {},
      'ONNX_INPUT',
      'input_ids ([batch, sequence] in int64) instead of pictures alone',
    ],
    ['another side', PAIRS.clip, { image: { side: 5 } }, 'ONNX_SHAPE', "[batch, 3, 5, 5] doesn't fit; correct image.side"],
    [
      'another number of tokens',
      PAIRS.clip,
      { text: { tokens: 7 } },
      'ONNX_SHAPE',
      "[batch, 7] doesn't fit; correct text.tokens",
    ],
    [
      'a side that only the graph knows',
      PAIRS.transformers,
      { image: { side: 5 } },
      'ONNX_RUN',
      "vision_model.onnx can't be run (",
    ],
  ] as const)('says in a sentence that it is given %s', async (_, files, change, code, sentence) => {
    expect(await refusal(await modelFolder(files, change))).toEqual([code, expect.stringContaining(sentence)]);
  });

  it('finds that a vocabulary is of another model before it is used', async () => {
    const folder = await modelFolder();
    await appendFile(join(folder, 'vocab.txt'), '雪\n');
    expect(await refusal(folder)).toEqual(['ONNX_RUN', expect.stringContaining('and that the vocabulary is its own')]);
  });

  describe('in a process of its own', () => {
    const child = async (folder: string, ...missing: string[]): Promise<unknown> => {
      const path = join(import.meta.dirname, '../../test/support/two-tower-child.ts');
      const args = ['--conditions=@wenlan/source', '--import', 'tsx', path, folder, ...missing];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { encoding: 'utf8' });
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };

    it('needs no TensorFlow', async () => {
      expect(await child(await modelFolder(), '@tensorflow/')).toEqual({ dim: DIM });
    });

    it('says in a sentence that the runtime is not installed', async () => {
      expect(await child(await modelFolder(), 'onnxruntime-node')).toEqual({
        code: 'ONNX_RUNTIME_MISSING',
        exitStatus: 2,
        message:
          "An ONNX model needs the package onnxruntime-node, which doesn't load here (Cannot find package 'onnxruntime-node'); run `npm install onnxruntime-node --ignore-scripts` where wenlan is installed, with --global if it is.",
      });
    });
  });
});

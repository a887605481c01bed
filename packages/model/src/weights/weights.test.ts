import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALONE, tf } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeColourPairs } from '../../test/support/colour-pairs.ts';
import { MICRO } from '../../test/support/micro.ts';
import { openNewestCheckpoint, readTensor } from '../checkpoint.ts';
import { resolveModel } from '../presets/resolve-model.ts';
import { createEncoder } from '../encoder.ts';
import { Interrupted } from '../interrupted.ts';
import { readMetrics } from '../metrics-log.ts';
import fixture from '../nn/fixtures/released-state-dict.json' with { type: 'json' };
import { loadRun } from '../run.ts';
import { loadTokenizer } from '../run-tokenizer.ts';
import { writeSafetensors } from '../safetensors.ts';
import type { NamedTensor } from '../tensor-file.ts';
import { parseTrainConfig } from '../parse-train-config.ts';
import type { TrainConfig } from '../train-config.ts';
import { MocoObjective } from '../moco/moco-objective.ts';
import { train } from '../train.ts';
import { writeTorchFile } from '../torch-file/torch-writer.ts';
import { exportRun, releasedTensors } from './export-run.ts';
import { type InitConfig, initWeights } from './init-weights.ts';
import { openWeights } from './open-weights.ts';

const CONFIG: TrainConfig = {
  model: MICRO,
  steps: 2,
  batchSize: 8,
  queueSize: 16,
  textBuckets: [16],
  vocabulary: { minCount: 1 },
};

describe('weights in and out', () => {
  let folder: string;
  let run: string;
  let data: string;
  let state: MocoObjective;
  /** Everything that an export of the run holds. */
  let exported: NamedTensor[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-weights-'));
    [data, run] = [join(folder, 'clean'), join(folder, 'run')];
    await writeColourPairs(data, { train: 16 });
    await train({ data, out: run, config: CONFIG, seed: 1 });
    const tokenizer = await loadTokenizer(run);
    state = new MocoObjective({
      model: resolveModel(MICRO),
      config: parseTrainConfig(CONFIG),
      tokenizer,
      seed: 99,
      group: ALONE,
    });
    await exportRun(run, { out: join(folder, 'out/brivl.pth'), format: 'pth' });
    exported = await readAll(join(folder, 'out/brivl.pth'));
  });
  afterAll(() => state.dispose());

  /** Fills the towers of the state. @returns what was said */
  const init = async (config: InitConfig): Promise<string[]> => {
    const said: string[] = [];
    await initWeights(state, config, (sentence) => said.push(sentence));
    return said;
  };

  it.each(['pth', 'safetensors'] as const)('an exported run begins another with equal features: %s', async (format) => {
    const out = join(folder, `brivl.${format}`);
    const { step, tensors, bytes } = await exportRun(run, { out, format });
    expect([step, tensors]).toEqual([2, exported.length]);
    expect(bytes).toBeGreaterThan(10_000);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    expect(await init({ init: out })).toEqual([`Weights of ${out} were taken.`]);
    const tokenizer = await loadTokenizer(run);
    const encoder = createEncoder({ ...state, model: resolveModel(MICRO), tokenizer, textBuckets: [16] });
    const wanted = await loadRun(run);
    const [pixels, texts] = [new Float32Array(2 * 16 * 16 * 3).fill(0.3), ['红色的方块', '第3张']];
    expect(await encoder.encodeTexts(texts)).toEqual(await wanted.encodeTexts(texts));
    expect(await encoder.encodeImages(pixels, 2)).toEqual(await wanted.encodeImages(pixels, 2));
    encoder.dispose();
    wanted.dispose();

    const checkpoint = (await openNewestCheckpoint(join(run, 'checkpoints'), () => {}))!;
    for (const { name, torchShape } of state.imageKey.entries()) {
      const stored = await readTensor(checkpoint, `imgencoder_mom.${name}`, torchShape);
      expect(await state.imageKey.exportTorch(name), name).toEqual(stored);
    }
    await checkpoint.tensors.close();
  });

  it('exports what the released code loads strictly: every name of it, in order', () => {
    const released = (fixture.entries as [name: string, shape: number[], kind: string][]).filter(
      ([name]) => !/_queue(_ptr)?$/.test(name),
    );
    const ours = releasedTensors(resolveModel('brivl-released'), 21128).map(({ name, shape }) => [name, shape]);
    const query = ours.filter(([name]) => !String(name).includes('encoder_mom.'));
    expect(query).toEqual(released.map(([name, shape]) => [name, shape]));
    const momentum = ours.filter(([name]) => String(name).includes('encoder_mom.'));
    expect(momentum.map(([name, shape]) => [String(name).replace('_mom.', '.'), shape])).toEqual(query);
  });

  it('refuses to export what is no run, has no checkpoint, or over a folder', async () => {
    const out = join(folder, 'never.pth');
    await expect(exportRun(folder, { out, format: 'pth' })).rejects.toThrow(/holds no run \(no run\.json\)/);
    await expect(exportRun(run, { out: folder, format: 'pth' })).rejects.toThrow(/ is a folder; name the file to write in it\./);
    await cp(run, join(folder, 'empty'), { recursive: true });
    await rm(join(folder, 'empty/checkpoints'), { recursive: true });
    await expect(exportRun(join(folder, 'empty'), { out, format: 'pth' })).rejects.toThrow(/has no checkpoint yet/);
  });

  it.skipIf(!existsSync('/dev/full'))('says what a full disk means (skipped where there is no /dev/full)', async () => {
    const out = join(folder, 'full.pth');
    await symlink('/dev/full', `${out}.tmp`);
    await expect(exportRun(run, { out, format: 'pth' })).rejects.toThrow(
      `The disk is full: ${out} can't be written; free some space and export again.`,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith('full'))).toEqual([]);
  });

  /** A safetensors file of the export, changed. */
  const changed = async (name: string, change: (tensors: NamedTensor[]) => NamedTensor[]): Promise<string> => {
    const file = join(folder, `${name}.safetensors`);
    await writeSafetensors(file, change(exported));
    return file;
  };
  const BIAS = 'learnable.textencoder.learnable.textFC.fc1.bias';
  const extra = { name: 'learnable.imgencoder.backbone.blocks.9.0.conv_pw.weight', shape: [1], data: Float32Array.of(1) };
  const loose = { name: 'epoch_weights', shape: [1], data: Float32Array.of(1) };

  it.each([
    ['a name missing', (all: NamedTensor[]) => all.filter(({ name }) => name !== BIAS), `1 missing (${BIAS})`],
    ['names extra', (all: NamedTensor[]) => [...all, extra, loose], `2 extra (${extra.name}, epoch_weights)`],
    [
      'a shape wrong',
      (all: NamedTensor[]) => all.map((one) => (one.name === BIAS ? { ...one, shape: [1, one.data.length] } : one)),
      `1 of another shape (${BIAS} is [1, 16], not [16])`,
    ],
    [
      'many missing',
      (all: NamedTensor[]) => all.filter(({ name }) => !name.includes('textencoder.backbone')),
      /: \d\d missing \(learnable\.textencoder\.backbone\.bert\.\S+, \S+, \S+, …\); name weights/,
    ],
  ])('lists %s, and takes the rest where that is allowed', async (what, change, finding) => {
    const file = await changed(what.replaceAll(' ', '-'), change);
    const refusal = init({ init: file });
    await expect(refusal).rejects.toThrow(finding);
    await expect(refusal).rejects.toThrow(
      /doesn't fit the model: .*; name weights of the same model, or set train\.partial to true/,
    );
    await expect(refusal).rejects.toThrow(UserError);
    const said = await init({ init: file, partial: true });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/fits in part, the rest starts anew: \d+ /);
  });

  it('copies query towers where a file has no momentum towers, and passes over queues and optimizers', async () => {
    const file = await changed('query', (all) => [
      ...all.filter(({ name }) => !name.includes('encoder_mom.')),
      { name: 'img_queue', shape: [1], data: Float32Array.of(1) },
      { name: 'optimizer.m.x', shape: [1], data: Float32Array.of(1) },
    ]);
    await init({ init: file });
    for (const { name } of state.text.entries()) {
      expect(await state.textKey.exportTorch(name)).toEqual(await state.text.exportTorch(name));
    }
  });

  it('takes an EfficientNet of timm and a BERT of transformers, its older names too', async () => {
    const part = (prefix: string): NamedTensor[] =>
      exported
        .filter(({ name }) => name.startsWith(prefix))
        .map((tensor) => ({ ...tensor, name: tensor.name.slice(prefix.length) }));
    const moved = (tensors: NamedTensor[]): NamedTensor[] =>
      tensors.map((tensor) =>
        tensor.data instanceof Float32Array ? { ...tensor, data: tensor.data.map((value) => value + 1) } : tensor,
      );
    const image = join(folder, 'timm.safetensors');
    const classifier = { name: 'classifier.bias', shape: [3], data: new Float32Array(3) };
    await writeSafetensors(image, [...moved(part('learnable.imgencoder.backbone.')), classifier]);
    const text = join(folder, 'bert');
    await mkdir(text);
    const old = moved(part('learnable.textencoder.backbone.')).map((tensor) => ({
      ...tensor,
      name: tensor.name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
    }));
    await writeTorchFile(join(text, 'pytorch_model.bin'), [
      ...old,
      { name: 'cls.predictions.bias', shape: [1], data: Float32Array.of(0) },
      { name: 'bert.pooler.dense.bias', shape: [1], data: Float32Array.of(0) },
    ]);

    expect(await init({ initImage: image, initText: text })).toHaveLength(2);
    const value = (name: string): number => (exported.find((tensor) => tensor.name === name)!.data as Float32Array)[0]!;
    const norm = 'backbone.bert.embeddings.LayerNorm.weight';
    for (const store of [state.text, state.textKey]) {
      expect((await store.exportTorch(norm))[0]).toBeCloseTo(value(`learnable.textencoder.${norm}`) + 1, 5);
    }
    const stem = 'backbone.conv_stem.weight';
    expect((await state.imageKey.exportTorch(stem))[0]).toBeCloseTo(value(`learnable.imgencoder.${stem}`) + 1, 5);

    await expect(init({ initText: image })).rejects.toThrow(
      /holds nothing that fits the model: \d+ missing \(bert\.embeddings\.word/,
    );
  });

  /** The text backbone of the export in a folder of its own, as transformers splits one that is large. */
  const split = async (name: string, kind: 'model.safetensors' | 'pytorch_model.bin'): Promise<string> => {
    const bert = join(folder, name);
    await mkdir(bert);
    const prefix = 'learnable.textencoder.backbone.';
    const tensors = exported
      .filter((tensor) => tensor.name.startsWith(prefix))
      .map((tensor) => ({ ...tensor, name: tensor.name.slice(prefix.length) }));
    const halves = [tensors.slice(0, 7), tensors.slice(7)];
    const map: Record<string, string> = {};
    for (const [half, part] of halves.entries()) {
      const file = kind.replace('.', `-0000${half + 1}-of-00002.`);
      if (kind === 'model.safetensors') await writeSafetensors(join(bert, file), part);
      else await writeTorchFile(join(bert, file), part);
      for (const tensor of part) map[tensor.name] = file;
    }
    await writeFile(join(bert, `${kind}.index.json`), JSON.stringify({ metadata: {}, weight_map: map }));
    return bert;
  };

  it.each(['model.safetensors', 'pytorch_model.bin'] as const)('takes a BERT whose %s is split', async (kind) => {
    const bert = await split(`split-${kind}`, kind);
    const before = await state.text.exportTorch('learnable.textFC.fc1.bias');
    expect(await init({ initText: bert })).toEqual([`Weights of ${bert} were taken.`]);
    for (const name of ['backbone.bert.embeddings.word_embeddings.weight', 'backbone.bert.encoder.layer.0.output.dense.bias']) {
      const wanted = exported.find((tensor) => tensor.name === `learnable.textencoder.${name}`)!.data;
      expect(await state.text.exportTorch(name)).toEqual(wanted);
    }
    expect(await state.text.exportTorch('learnable.textFC.fc1.bias')).toEqual(before);
  });

  it('refuses an index that is damaged, or names what is not there', async () => {
    const bert = await split('split-damaged', 'model.safetensors');
    const index = join(bert, 'model.safetensors.index.json');
    const attempt = async (text: string): Promise<void> => {
      await writeFile(index, text);
      await (await openWeights(bert)).close();
    };
    await expect(attempt('{')).rejects.toThrow(`${index} is damaged: it is no JSON; fetch the weights again.`);
    await expect(attempt('{}')).rejects.toThrow('it has no weight_map');
    const map = (file: string): string => JSON.stringify({ weight_map: { 'bert.nothing': file } });
    await expect(attempt(map('../secret'))).rejects.toThrow('of "bert.nothing" it names "../secret", which is no file beside it');
    const first = 'model-00001-of-00002.safetensors';
    await expect(attempt(map(first))).rejects.toThrow(`${first} has no tensor "bert.nothing", which it names there`);
    await expect(attempt(map('absent.safetensors'))).rejects.toThrow("absent.safetensors, which it names, isn't there");
  });

  it('says by how much a vocabulary does not fit the weights', async () => {
    const words = 'learnable.textencoder.backbone.bert.embeddings.word_embeddings.weight';
    const own = exported.find(({ name }) => name === words)!;
    const tokens = own.shape[0]!;
    const wider = { ...own, shape: [tokens + 3, own.shape[1]!], data: new Float32Array((tokens + 3) * own.shape[1]!) };
    const file = await changed('wider', (all) => all.map((one) => (one.name === words ? wider : one)));
    await expect(init({ init: file })).rejects.toThrow(
      `The vocabulary doesn't fit the weights: the vocabulary has ${tokens} tokens, but ${file} has word embeddings of ${tokens + 3}; ` +
        'name the vocab.txt that belongs to these weights in train.vocabulary, or set train.partial to true to start the word embeddings anew.',
    );
    expect(await init({ init: file, partial: true })).toEqual([expect.stringContaining('1 of another shape')]);
  });

  it('refuses weights that are not there', async () => {
    await expect(openWeights(join(folder, 'absent'))).rejects.toThrow(/absent isn't there; name existing weights\./);
    await expect(openWeights(data)).rejects.toThrow(/has neither model\.safetensors nor pytorch_model\.bin; /);
  });

  it('begins a run with weights, once: a refused one leaves its folder free, a resumed one does not load again', async () => {
    const file = await changed('begin', (all) => all);
    const cut = await changed('cut', (all) => all.slice(3));
    const out = join(folder, 'begun');
    const config = { ...CONFIG, vocabulary: join(run, 'vocab.txt') };
    const tensors = tf.memory().numTensors;
    await expect(train({ data, out, config: { ...config, init: cut }, seed: 1 })).rejects.toThrow(/3 missing/);
    expect(await readdir(out)).toEqual([]);
    await expect(train({ data, out, config: { ...config, vocabulary: join(run, 'absent.txt') }, seed: 1 })).rejects.toThrow(
      UserError,
    );
    expect(await readdir(out)).toEqual([]);

    const stop = new AbortController();
    const options = { data, out, config: { ...config, init: file }, seed: 1, signal: stop.signal };
    const onProgress = ({ type }: { type: string }): void => {
      if (type === 'step') stop.abort();
    };
    await expect(train({ ...options, onProgress })).rejects.toThrow(Interrupted);
    await writeFile(file, 'gone');
    await train({ ...options, signal: new AbortController().signal });
    expect(tf.memory().numTensors).toBe(tensors);
    const first = async (folder: string): Promise<number> => (await readMetrics(join(folder, 'metrics.jsonl')))[0]!.loss;
    expect(await first(out)).not.toBe(await first(run));
  });
});

async function readAll(path: string): Promise<NamedTensor[]> {
  const file = await openWeights(path);
  const tensors: NamedTensor[] = [];
  for (const [name, { shape }] of file.entries) tensors.push({ name, shape, data: await file.read(name) });
  await file.close();
  return tensors;
}

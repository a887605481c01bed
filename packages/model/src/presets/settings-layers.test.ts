import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../parse-train-config.ts';
import { PRESET_NAMES } from './preset-file.ts';
import { resolveModel } from './resolve-model.ts';

describe('settings that extend others', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-settings-'));
    const files = {
      'base.yaml': 'extends: small\nsteps: 70\nbatchSize: 16\nqueueSize: 64\nmodel: { dim: 64, text: { bert: { layers: 1 } } }\n',
      'mine.yaml': 'extends: ./base.yaml\nsteps: 80\nmodel: { dim: 32 }\ntextWeights: { alt: 1 }\n',
      'one.yaml': 'extends: ./two.yaml\n',
      'two.yaml': 'extends: ./one.yaml\n',
      'typo.yaml': 'steps: 5\nstepz: 5\n',
      'broken.yaml': 'steps: 5\nmodel: { dim: 3\n',
      'list.yaml': '- 5\n',
      'number.yaml': 'extends: 3\n',
      'empty.yaml': '',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  });

  it.each([...PRESET_NAMES])('%s is a whole set of settings', (name) => {
    const config = parseTrainConfig({ extends: name });
    expect(resolveModel(config.model)).toEqual(resolveModel(name));
    expect(config).not.toHaveProperty('extends');
  });

  it('are in the package that is published', async () => {
    const root = join(import.meta.dirname, '../..');
    const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('presets');
    expect((await readdir(join(root, 'presets'))).sort()).toEqual(PRESET_NAMES.map((name) => `${name}.yaml`).sort());
  });

  it('takes from each file what the ones above it leave unset, the model key by key', () => {
    const config = parseTrainConfig({ extends: at('mine.yaml'), batchSize: 8 });
    expect(config).toMatchObject({ steps: 80, batchSize: 8, queueSize: 64, textWeights: { alt: 1 } });
    const small = resolveModel('small');
    expect(resolveModel(config.model)).toEqual({
      ...small,
      dim: 32,
      text: { ...small.text, bert: { ...small.text.bert, layers: 1 } },
    });
    expect(resolveModel(parseTrainConfig({ extends: at('mine.yaml'), model: 'tiny' }).model)).toEqual(resolveModel('tiny'));
    expect(parseTrainConfig({ extends: at('empty.yaml') })).toEqual(parseTrainConfig({}));
  });

  it('overrides keys of a model that is named', () => {
    expect(parseTrainConfig({ extends: at('base.yaml'), model: { extends: 'tiny', dim: 16 } }).model).toEqual({
      extends: 'tiny',
      dim: 16,
    });
  });

  it.each([
    ['absent.yaml', /absent\.yaml can't be read \(ENOENT\); correct the "extends" that names it, or put a file there\.$/],
    ['one.yaml', /one\.yaml extends itself \(one\.yaml extends two\.yaml extends one\.yaml\); remove one of these "extends"\.$/],
    ['typo.yaml', /typo\.yaml: train\.stepz is not a known key; remove it or correct its name\.$/],
    ['broken.yaml', /broken\.yaml:\d: .*; mend the YAML there\.$/s],
    ['list.yaml', /list\.yaml holds no settings; write "key: value" lines there, such as "steps: 1000"\.$/],
    ['number.yaml', /number\.yaml: extends is 3; name a preset or a YAML file\.$/],
  ])('refuses %s in a sentence', (name, sentence) => {
    expect(() => parseTrainConfig({ extends: at(name) })).toThrow(sentence);
    expect(() => parseTrainConfig({ extends: at(name) })).toThrow(expect.objectContaining({ exitStatus: 2 }) as Error);
  });

  it('refuses a preset that there is not', () => {
    expect(() => parseTrainConfig({ extends: 'medium' })).toThrow(
      'There is no preset "medium"; name one of tiny, small, brivl-1.0, brivl-released, or a file such as ./mine.yaml.',
    );
    expect(() => parseTrainConfig({ extends: 7 })).toThrow('train.extends is 7; name a preset or a YAML file.');
    expect(() => parseTrainConfig([])).toThrow(/^train\. is wrong|^train is wrong/);
  });
});

describe('released: true', () => {
  it('sets every switch to what the released code does', () => {
    const config = parseTrainConfig({ model: 'small', released: true });
    expect(config).not.toHaveProperty('released');
    expect(config).toMatchObject({
      negatives: 'queue',
      queueWarmupSteps: 0,
      maskFalseNegatives: false,
      momentum: 0.99,
      temperature: 0.07,
      learnTemperature: false,
      batchShuffle: 'released',
      augment: 'released',
      textBuckets: [80],
    });
    const { image, text, frozenLayers } = resolveModel(config.model);
    expect([image.regions.alignment, text.attentionMask, frozenLayers]).toEqual(['released', false, 'training']);
    expect(image.backbone).toEqual(resolveModel('small').image.backbone);
  });

  it('leaves what is set beside it', () => {
    const config = parseTrainConfig({ released: true, batchShuffle: 'none', model: { text: { attentionMask: true } } });
    expect(config.batchShuffle).toBe('none');
    const { text, frozenLayers } = resolveModel(config.model);
    expect([text.attentionMask, frozenLayers]).toEqual([true, 'training']);
  });

  it('changes nothing when it is false, and is nothing else', () => {
    expect(parseTrainConfig({ released: false })).toEqual(parseTrainConfig({}));
    expect(() => parseTrainConfig({ released: 'yes' })).toThrow('train.released is "yes"; set it to true or false.');
  });
});

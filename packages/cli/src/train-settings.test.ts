import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTrainConfig } from '@wenlan/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from './config/load.ts';
import { describeFailure } from './failure.ts';

describe('train settings that extend others', () => {
  let folder: string;
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-train-settings-'));
    await mkdir(join(folder, 'shared'));
    await write('shared/base.yaml', 'extends: small\nsteps: 70\nmodel: { dim: 64 }\n');
  });

  it('are found from the folder of the config file', async () => {
    const config = await loadConfig(await write('wenlan.yaml', 'train:\n  extends: ./shared/base.yaml\n  batchSize: 16\n'));
    expect(parseTrainConfig(config.train)).toMatchObject({ steps: 70, batchSize: 16, model: { dim: 64, side: 128 } });
  });

  it('or are a preset by name', async () => {
    const config = await loadConfig(await write('wenlan.yaml', 'train: { extends: brivl-released, queueSize: 64 }\n'));
    expect(parseTrainConfig(config.train)).toMatchObject({ queueSize: 64, negatives: 'queue', batchShuffle: 'released' });
  });

  it.each([
    ['./shared/absent.yaml', /absent\.yaml can't be read \(ENOENT\)/],
    ['./wenlan.yaml', /wenlan\.yaml: train\.train is not a known key/],
    ['medium', /^There is no preset "medium"/],
  ])('refuse %s, as wrong input', async (base, sentence) => {
    const config = await loadConfig(await write('wenlan.yaml', `train: { extends: ${base} }\n`));
    let failure: unknown;
    try {
      parseTrainConfig(config.train);
    } catch (error) {
      failure = error;
    }
    expect(describeFailure(failure, false)).toMatchObject({ exitStatus: 2, sentence: expect.stringMatching(sentence) as string });
  });
});

import { join } from 'node:path';
import { loadEngine } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import { type BriVLConfig, createTower } from './brivl.ts';
import { openNewestCheckpoint } from './checkpoint.ts';
import { createEncoder, type Encoder } from './encoder.ts';
import { readRun } from './run-record.ts';
import { loadTokenizer } from './run-tokenizer.ts';
import type { ResolvedTrainConfig } from './train-config.ts';
import { loadTower } from './train-state.ts';

/** A trained model, ready to encode. */
export interface LoadedRun extends Encoder {
  readonly model: BriVLConfig;
  readonly config: ResolvedTrainConfig;
  /** Steps of the checkpoint that was loaded. */
  readonly step: number;
}

/**
 * Loads the query towers of the newest checkpoint of a run, batch norm in inference mode.
 * @param note receives a sentence if a damaged checkpoint was passed over
 * @throws UserError if there is no run, no checkpoint yet, or none that is whole and of this model
 */
export async function loadRun(folder: string, note: (sentence: string) => void = () => {}): Promise<LoadedRun> {
  const run = await readRun(folder);
  if (run === undefined)
    throw new UserError('RUN_MISSING', `${folder} holds no run (no run.json); name the folder that training wrote.`);
  const { model, config, seed } = run;
  const checkpoint = await openNewestCheckpoint(join(folder, 'checkpoints'), note);
  if (checkpoint === undefined)
    throw new UserError('RUN_WITHOUT_CHECKPOINT', `${folder} has no checkpoint yet; train it further.`);
  try {
    await loadEngine();
    const tokenizer = await loadTokenizer(folder);
    const [image, text] = (['image', 'text'] as const).map((kind) =>
      createTower(model, kind, { vocabularySize: tokenizer.vocabularySize, seed }),
    );
    await loadTower(checkpoint, 'imgencoder', image!);
    await loadTower(checkpoint, 'textencoder', text!);
    const encoder = createEncoder({ model, image: image!, text: text!, tokenizer, textBuckets: config.textBuckets });
    const dispose = (): void => {
      encoder.dispose();
      image!.dispose();
      text!.dispose();
    };
    return { ...encoder, dispose, model, config, step: checkpoint.step };
  } finally {
    await checkpoint.tensors.close();
  }
}

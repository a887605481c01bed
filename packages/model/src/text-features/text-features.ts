import { UserError } from '@wenlan/shards';
import type { SafetensorsReader } from '../safetensors.ts';
import type { EncodedTexts } from '../tokenizer.ts';
import { featureKey, type FeatureSource } from './feature-key.ts';
import { FEATURES_FOLDER, findFeatures, openShards, textHash } from './text-feature-files.ts';

/** What the frozen layers of a run's text tower make of its texts, read from the disk instead of computed. */
export class TextFeatures {
  private readonly width: number;
  private readonly readers: readonly SafetensorsReader[];
  private readonly readerOf: ReadonlyMap<string, SafetensorsReader>;

  private constructor(width: number, readers: readonly SafetensorsReader[]) {
    this.width = width;
    this.readers = readers;
    this.readerOf = new Map(readers.flatMap((reader) => [...reader.entries.keys()].map((name) => [name, reader] as const)));
  }

  /**
   * The features that `cacheFeatures` has put into a run's folder; undefined where there are none, or not all yet.
   * @param note receives a sentence if they are not all there
   * @throws UserError if they are of other weights, or damaged
   */
  static async open(run: string, source: FeatureSource, note: (sentence: string) => void): Promise<TextFeatures | undefined> {
    const found = await findFeatures(run);
    if (found === undefined) return undefined;
    const folder = `${run}/${FEATURES_FOLDER}`;
    if (found === 'unfinished') {
      note(`${folder} isn't finished and so isn't used; run \`wenlan cache-features\` again to go on with it.`);
      return undefined;
    }
    if (found.key !== (await featureKey(source))) {
      throw new UserError(
        'FEATURES_OF_OTHER_WEIGHTS',
        `${folder} holds features of other weights; delete it, or run \`wenlan cache-features\` again.`,
      );
    }
    return new TextFeatures(source.model.text.bert.hidden, await openShards(run));
  }

  /** @returns [texts · tokens, features], zeros on padding, which nothing looks at */
  async read(texts: readonly string[], { tokens }: EncodedTexts): Promise<Float32Array> {
    const { width } = this;
    const hidden = new Float32Array(texts.length * tokens * width);
    const reads = texts.map(async (text, row) => {
      const name = textHash(text);
      const reader = this.readerOf.get(name);
      if (reader === undefined) {
        const mend = 'run `wenlan cache-features` again.';
        throw new UserError('FEATURES_MISSING', `The text "${text}" has no stored features; ${mend}`);
      }
      hidden.set((await reader.read(name)) as Float32Array, row * tokens * width);
    });
    await Promise.all(reads);
    return hidden;
  }

  async close(): Promise<void> {
    for (const reader of this.readers) await reader.close();
  }
}

import type { TransferListItem } from 'node:worker_threads';
import { augment } from '../image/augment.ts';
import { moveBoxes } from '../image/move-boxes.ts';
import { augmentationOf } from '../image/image-spec.ts';
import type { ImageSpec } from '../image/image-spec.ts';
import type { PairText } from '../pair.ts';
import { seededRandom } from '../random.ts';
import { SampleReader } from './sample-reader.ts';
import type { SampleAddress } from './sample-reader.ts';

/** Pictures in decoding at once in one worker: libvips works in threads of its own meanwhile. */
const CONCURRENCY = 3;

export interface DecodeTask {
  samples: SampleAddress[];
  image: ImageSpec;
  seed: number;
  epoch: number;
}

export interface DecodeResult {
  ids: string[];
  texts: PairText[][];
  pixels: Float32Array; // [samples, side, side, 3]
  boxes: (Float32Array | null)[]; // [samples], each [boxes, 4]
  /** What can't be decoded; its pixels are zeros. */
  failures: { position: number; reason: string }[];
}

const reader = new SampleReader();

/** Reads, decodes and augments samples: the loader's {@link WorkerModule}. */
export async function run({ samples, image, seed, epoch }: DecodeTask): Promise<DecodeResult> {
  const values = image.side * image.side * 3;
  const augmentation = augmentationOf(image);
  const result: DecodeResult = {
    ids: Array.from({ length: samples.length }, () => ''),
    texts: samples.map(() => []),
    pixels: new Float32Array(samples.length * values),
    boxes: samples.map(() => null),
    failures: [],
  };
  const decode = async (position: number): Promise<void> => {
    const { id, texts, image: bytes, boxes } = await reader.read(samples[position]!);
    result.ids[position] = id;
    result.texts[position] = texts;
    try {
      if (bytes === null) throw new Error('the row has no picture');
      const random = seededRandom(seed, epoch, 'augment', id);
      const target = result.pixels.subarray(position * values, (position + 1) * values);
      const view = await augment(bytes, image.side, augmentation, random, target);
      result.boxes[position] = boxes === null ? null : moveBoxes(boxes, view, image.side);
    } catch (error) {
      result.failures.push({ position, reason: (error as Error).message.split('\n')[0]! });
    }
  };
  let next = 0;
  const decodeRest = async (): Promise<void> => {
    while (next < samples.length) await decode(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, decodeRest));
  result.failures.sort((left, right) => left.position - right.position);
  return result;
}

export const transferables = ({ pixels }: DecodeResult): TransferListItem[] => [pixels.buffer as ArrayBuffer];

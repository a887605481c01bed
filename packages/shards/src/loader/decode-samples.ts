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

export interface PlacedSample {
  address: SampleAddress;
  /** Of the batch. */
  place: number;
}

export interface DecodeTask {
  samples: PlacedSample[];
  /** Of the whole batch, in shared memory: passed back in messages, pixels would keep the garbage collectors busy. */
  pixels: Float32Array; // [batch, side, side, 3]
  image: ImageSpec;
  seed: number;
  epoch: number;
}

export interface DecodeResult {
  ids: string[];
  texts: PairText[][];
  boxes: (Float32Array | null)[]; // [samples], each [boxes, 4]
  /** What can't be decoded; its pixels are anything. */
  failures: { position: number; reason: string }[];
}

const reader = new SampleReader();

/** Reads, decodes and augments samples, into their places of the batch: the loader's {@link WorkerModule}. */
export async function run({ samples, pixels, image, seed, epoch }: DecodeTask): Promise<DecodeResult> {
  const values = image.side * image.side * 3;
  const augmentation = augmentationOf(image);
  const result: DecodeResult = {
    ids: Array.from({ length: samples.length }, () => ''),
    texts: samples.map(() => []),
    boxes: samples.map(() => null),
    failures: [],
  };
  const decode = async (position: number): Promise<void> => {
    const { address, place } = samples[position]!;
    const { id, texts, image: bytes, boxes } = await reader.read(address);
    result.ids[position] = id;
    result.texts[position] = texts;
    try {
      if (bytes === null) throw new Error('the row has no picture');
      const random = seededRandom(seed, epoch, 'augment', id);
      const target = pixels.subarray(place * values, (place + 1) * values);
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

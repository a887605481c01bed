import { createHash } from 'node:crypto';
import { emptyPair, openDataset, type Pair, pairId } from '@wenlan/shards';
import sharp from 'sharp';

/** Characters of common Chinese words, to draw texts of. */
const CHARACTERS =
  '春天的公园里一只小狗在雪地奔跑孩子们看着远处山上红色云彩海边城市夜晚灯光老人坐门口喝茶新闻图片记者摄影报道开幕比赛现场球员庆祝胜利';

/** Writes pairs to train on: JPEGs of `side` pixels with soft shapes, and texts of the given lengths in tokens, in turn. */
export async function writeTrainingPairs(
  location: string,
  lengths: readonly number[],
  count: number,
  side: number,
): Promise<void> {
  const random = randomOf(1);
  const rows: Pair[] = [];
  for (let index = 0; index < count; index++) {
    const image = await drawPicture(random, side);
    const imageUrl = `https://bench.example/${index}.jpg`;
    const length = lengths[index % lengths.length]! - 2; // the tokenizer adds one before and one behind
    const text = Array.from({ length }, () => CHARACTERS[Math.floor(random() * CHARACTERS.length)]).join('');
    rows.push(
      emptyPair({
        id: pairId(imageUrl, null),
        source: 'web',
        outcome: 'ok',
        imageUrl,
        image,
        mime: 'image/jpeg',
        width: side,
        height: side,
        sha256: createHash('sha256').update(image).digest(),
        texts: [{ kind: 'caption', text }],
      }),
    );
  }
  const writer = await openDataset(location, { stage: 'clean', recipe: { count, side } });
  await writer.append(rows, 'train');
  await writer.finish();
  await writer.close();
}

/** A random 12 × 12 pattern enlarged, with a little noise: as hard to decode as a photograph. */
async function drawPicture(random: () => number, side: number): Promise<Buffer> {
  const grid = Buffer.from(Array.from({ length: 12 * 12 * 3 }, () => Math.floor(random() * 256)));
  const soft = await sharp(grid, { raw: { width: 12, height: 12, channels: 3 } })
    .resize(side, side, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  for (let index = 0; index < soft.length; index++)
    soft[index] = Math.max(0, Math.min(255, soft[index]! + Math.floor(random() * 17) - 8));
  return sharp(soft, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** Numbers in 0..1 that depend on the seed alone (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

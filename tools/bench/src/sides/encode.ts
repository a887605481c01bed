import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture, loadEngine, tf } from '@wenlan/engine';
import { encodeImage, encodeText } from '@wenlan/model';
import { RELEASED_MODEL, releasedTower, writeTower } from '../data/released-towers.ts';

/** Encodes the same batch again and again, as `wenlan encode` does. Arguments: folder, `image` or `text`, rows of a batch, batches, tokens of a text. */
const [folder, kind, ...sizes] = process.argv.slice(2) as [string, 'image' | 'text', string, string, string];
const [rows, batches, tokens] = sizes.map(Number) as [number, number, number];
const { side } = RELEASED_MODEL;
await loadEngine();
const tower = releasedTower(kind);

const pixels = tf.randomUniform([rows, side, side, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
const ids = tf.cast(tf.randomUniform([rows, tokens], 100, 21_128, 'int32', 2), 'int32') as tf.Tensor2D;
const lengths = Array.from({ length: rows }, (_, row) => tokens - (row % (tokens / 2))); // half to all of the tokens
const mask = tf.tensor2d(lengths.map((length) => Array.from({ length: tokens }, (_, index) => (index < length ? 1 : 0))));
const inputs = kind === 'image' ? [pixels] : [ids, mask];
const weights = join(folder, `${kind}.safetensors`);
if (!existsSync(weights)) {
  for (const [index, input] of inputs.entries()) await writeFile(join(folder, `${kind}-${index}`), input.dataSync());
  await writeTower(tower, weights);
}

const normed = (x: tf.Tensor): tf.Tensor => tf.div(x, tf.norm(x, 'euclidean', 1, true));
const encode = capture(
  (first: tf.Tensor, second?: tf.Tensor) =>
    kind === 'image'
      ? normed(encodeImage(RELEASED_MODEL, tower, first as tf.Tensor4D, { training: false }))
      : normed(encodeText(RELEASED_MODEL, tower, first as tf.Tensor2D, second as tf.Tensor2D, { training: false })),
  { fuse: true },
);
const run = async (): Promise<Float32Array> => {
  const features = encode(...(inputs as [tf.Tensor, tf.Tensor]));
  const values = await features.data<'float32'>();
  features.dispose();
  return values;
};
await writeFile(join(folder, `${kind}-features`), await run());
await run();
const start = performance.now();
for (let batch = 0; batch < batches; batch += 1) await run();
const seconds = (performance.now() - start) / 1000;
process.stdout.write(`${JSON.stringify({ items: rows * batches, seconds })}\n`);

import { join } from 'node:path';
import { engineMatMul } from '@wenlan/cli';
import { readNpy, retrieval, type RetrievalResult, type Vectors } from '@wenlan/evaluation';

// Ranks the texts of argv[2]/texts.npy and the images of argv[2]/images.npy against each other; row i belongs to row i.
const images = await readNpy(join(process.argv[2]!, 'images.npy'));
const texts = await readNpy(join(process.argv[2]!, 'texts.npy'));
const matMul = await engineMatMul(images.rows * texts.rows * images.dim);

function ranked(rows: number): Promise<RetrievalResult> {
  const first = ({ values, dim }: Vectors): Vectors => ({ values: values.subarray(0, rows * dim), rows, dim });
  const truth = Array.from({ length: rows }, (_, row) => [row]);
  return retrieval({
    images: first(images),
    texts: first(texts),
    truth,
    captionPolicy: 'one text an image',
    bootstrap: null,
    matMul,
  });
}

await ranked(2048);
const start = performance.now();
const { i2t, t2i } = await ranked(images.rows);
const seconds = (performance.now() - start) / 1000;
const figures = { 'i2t R@10': i2t.recall[2]!.percent, 't2i R@10': t2i.recall[2]!.percent };
const output = Object.entries(figures)
  .map(([name, percent]) => `${name} ${percent.toFixed(3)}`)
  .join(' ');
process.stdout.write(`${JSON.stringify({ items: images.rows * texts.rows, seconds, output, figures })}\n`);

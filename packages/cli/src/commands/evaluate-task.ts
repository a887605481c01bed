import { readFile } from 'node:fs/promises';
import { type DownstreamTask, type ImageRef, readTask, retrieval, scoreJson } from '@wenlan/evaluation';
import { loadRun } from '@wenlan/model';
import { decodePixels } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import { recallLines } from '../recall-lines.ts';
import { UsageError } from '../usage-error.ts';

export interface EvaluateTaskOptions {
  task: string;
  data: string;
  split?: string;
}

/** Pictures that are decoded and encoded at once. */
const BATCH = 64;

/** Retrieval on a downstream data set, in the layout in which it is distributed. */
export async function evaluateTaskCommand(run: string, options: EvaluateTaskOptions, context: CommandContext): Promise<void> {
  const { task: name, data, split } = options;
  const task = await readTask(name, data, split === undefined ? {} : { split });
  const model = await loadRun(run, { note: (sentence) => context.reporter.note(sentence) });
  try {
    const { dim } = model;
    const images = { values: await encodePictures(task, model, context), rows: task.images.length, dim };
    const texts = { values: await model.encodeTexts(task.texts), rows: task.texts.length, dim };
    const notes = { task: task.name, step: String(model.step), 'fine-tuned': 'no, unless the run was trained on this data set' };
    const { truth, captionPolicy } = task;
    const result = await retrieval({ images, texts, truth, captionPolicy, notes, signal: context.signal });
    const lines = recallLines(result).filter((line) => task.directions.some((direction) => line.startsWith(direction)));
    const scores = scoreJson(result);
    // MR6 and Rsum mean both directions
    const printed = task.directions.includes('i2t') ? scores : { t2i: scores.t2i, conditions: scores.conditions };
    context.print(printed, [`${task.name}: ${captionPolicy}`, ...lines]);
  } finally {
    model.dispose();
  }
}

async function encodePictures(
  { images }: DownstreamTask,
  model: { side: number; dim: number; encodeImages: (pixels: Float32Array, count: number) => Promise<Float32Array> },
  { reporter, signal }: CommandContext,
): Promise<Float32Array> {
  const size = model.side * model.side * 3;
  const values = new Float32Array(images.length * model.dim);
  for (let start = 0; start < images.length; start += BATCH) {
    signal.throwIfAborted();
    const part = images.slice(start, start + BATCH);
    const pixels = new Float32Array(part.length * size);
    const decoded = await Promise.all(part.map(async (image, row) => decodeOne(image, start + row, model.side)));
    decoded.forEach((picture, row) => pixels.set(picture, row * size));
    values.set(await model.encodeImages(pixels, part.length), start * model.dim);
    reporter.progress({ stage: 'encode', done: start + part.length, total: images.length, unit: 'pictures' });
  }
  return values;
}

/** A picture that is left out would make the figures another benchmark's, so it is refused. */
async function decodeOne(image: ImageRef, row: number, side: number): Promise<Float32Array> {
  return await decodePixels(await bytesOf(image), side).catch((error: Error) => {
    const name = 'file' in image ? image.file : `picture ${row + 1} of the data set`;
    throw new UsageError('PICTURE_DAMAGED', `${name} doesn't decode (${error.message}); copy it again.`);
  });
}

async function bytesOf(image: ImageRef): Promise<Uint8Array> {
  return 'file' in image ? await readFile(image.file) : Buffer.from(image.base64, 'base64');
}

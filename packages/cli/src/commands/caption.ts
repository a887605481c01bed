import { loadCaptioner } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import { readPicture } from '../read-picture.ts';

export interface CaptionCommandOptions {
  beams: number;
}

/** Pictures that are decoded and captioned at once. */
const BATCH = 16;

/** A sentence for each picture file; as JSON they are the candidates that `score captions` takes. */
export async function captionCommand(
  runFolder: string,
  files: readonly string[],
  { beams }: CaptionCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { reporter, signal } = context;
  const run = await loadCaptioner(runFolder, { note: (sentence) => reporter.note(sentence) });
  const said: [file: string, caption: string][] = [];
  try {
    for (let start = 0; start < files.length; start += BATCH) {
      signal.throwIfAborted();
      const part = files.slice(start, start + BATCH);
      const size = run.side * run.side * 3;
      const pixels = new Float32Array(part.length * size); // [part, side, side, 3]
      const pictures = await Promise.all(part.map((file) => readPicture(file, run.side)));
      for (const [row, picture] of pictures.entries()) pixels.set(picture, row * size);
      const captions = await run.caption(await run.encodeImages(pixels, part.length), { beams });
      for (const [row, file] of part.entries()) said.push([file, captions[row]!]);
      reporter.progress({ stage: 'caption', done: said.length, total: files.length, unit: 'pictures' });
    }
  } finally {
    run.dispose();
  }
  context.print(
    Object.fromEntries(said),
    said.map(([file, caption]) => `${file}  ${caption}`),
  );
}

import { retrieval, scoreJson, truthFromCaptions } from '@wenlan/evaluation';
import { loadRun } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import { loadConfig } from '../config/load.ts';
import { encodeGallery } from '../gallery.ts';

export interface EvaluateCommandOptions {
  data: string;
  config?: string;
  split?: string;
}

/** Retrieval in both directions over one split; each distinct caption is one text, right for all its pictures. */
export async function evaluateCommand(
  runFolder: string,
  options: EvaluateCommandOptions,
  context: CommandContext,
): Promise<void> {
  const config = await loadConfig(options.config);
  const split = options.split ?? config.evaluate.split;
  const { sources, captionKinds } = config.evaluate;
  const run = await loadRun(runFolder, (sentence) => context.reporter.note(sentence));
  try {
    const gallery = await encodeGallery(
      run,
      options.data,
      { splits: [split], ...(sources && { sources }), captionKinds },
      context,
    );
    const { texts, truth, captionPolicy } = truthFromCaptions(gallery.entries.map(({ caption }) => caption));
    const textValues = await run.encodeTexts(texts);
    const result = await retrieval({
      images: gallery.images,
      texts: { values: textValues, rows: texts.length, dim: run.dim },
      truth,
      captionPolicy: `the first text of kind ${captionKinds.join(', ')}; ${captionPolicy}`,
      notes: { split, step: String(run.step), sources: sources?.join(', ') ?? 'all', skipped: String(gallery.skipped.length) },
      bootstrap: { seed: config.seed },
      signal: context.signal,
    });
    const lines = (['i2t', 't2i'] as const).flatMap((direction) =>
      result[direction].recall.map(({ k, percent, chance, timesChance, interval }) => {
        const range = interval === null ? '' : ` [${interval.low.toFixed(1)}, ${interval.high.toFixed(1)}]`;
        return `${direction} R@${k} ${percent.toFixed(1)} %${range}, chance ${chance.toFixed(2)} %, ${timesChance.toFixed(1)} × chance`;
      }),
    );
    context.print({ ...scoreJson(result), skipped: gallery.skipped }, [
      `${gallery.entries.length} pictures, ${texts.length} distinct captions of split ${split}`,
      ...lines,
    ]);
  } finally {
    run.dispose();
  }
}

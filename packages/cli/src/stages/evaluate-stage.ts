import { type EvaluationReport, retrieval, type RetrievalResult, truthFromCaptions } from '@wenlan/evaluation';
import { loadRun } from '@wenlan/model';
import type { CommandContext } from '../command-context.ts';
import type { EvaluateConfig } from '../config/schema.ts';
import { encodeGallery, type Gallery } from '../gallery.ts';
import { sampleQueries } from '../report/sample-queries.ts';

export interface EvaluateStageOptions {
  data: string;
  run: string;
  config: EvaluateConfig;
  seed: number;
}

export interface Evaluation extends EvaluationReport {
  retrieval: RetrievalResult;
  skipped: Gallery['skipped'];
}

/** Retrieval in both directions over one split; each distinct caption is one text, right for all its pictures. */
export async function evaluateStage(options: EvaluateStageOptions, context: CommandContext): Promise<Evaluation> {
  const { data, config, seed } = options;
  const { split, sources, captionKinds } = config;
  const run = await loadRun(options.run, { note: (sentence) => context.reporter.note(sentence) });
  try {
    const choice = { splits: [split], ...(sources && { sources }), captionKinds };
    const gallery = await encodeGallery(run, data, choice, context);
    const captions = truthFromCaptions(gallery.entries.map(({ caption }) => caption));
    const texts = { values: await run.encodeTexts([...captions.texts]), rows: captions.texts.length, dim: run.dim };
    const result = await retrieval({
      images: gallery.images,
      texts,
      truth: captions.truth,
      captionPolicy: `the first text of kind ${captionKinds.join(', ')}; ${captions.captionPolicy}`,
      notes: { split, step: String(run.step), sources: sources?.join(', ') ?? 'all', skipped: String(gallery.skipped.length) },
      bootstrap: { seed },
      signal: context.signal,
    });
    const queries = await sampleQueries({ data, split, gallery, captions, texts, result, seed });
    return { retrieval: result, skipped: gallery.skipped, ...queries };
  } finally {
    run.dispose();
  }
}

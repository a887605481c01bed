import { BANDS, readManifest, SOURCES, UserError } from '@wenlan/shards';
import type { Manifest, Source } from '@wenlan/shards';
import { z } from 'zod';
import type { BandSummary } from './bands/band-summary.ts';
import type { KeptSplit } from './group/assign-split.ts';
import type { RecipeRule } from './recipe/recipe.ts';
import type { FunnelRow } from './report/funnel.ts';
import type { SourceTopics } from './report/topics.ts';

/** A pair as a report shows it. */
export interface Sample {
  id: string;
  source: Source;
  imageUrl: string | null;
  /** As it came in: the text that the rule judged, or the first of the pair. */
  text: string;
  /** The same text as the rewriting rules left it; null if nothing of it was left. */
  cleaned: string | null;
  /** What a rewriting rule found and what it made of it; null for other rules. */
  change: [before: string, after: string] | null;
  /** What the rule measured; null where it left nothing of the text, or measured nothing. */
  score: number | null;
  /** `data:` URL of a JPEG of at most 4 KB; null where there is no picture to show. */
  thumbnail: string | null;
  /** Thumbnail of the picture that it duplicates, or was nearly taken to duplicate. */
  beside?: string;
}

/** What cleaning did: returned by `clean`, and kept as the state of the dataset's manifest. */
export interface CleanSummary {
  recipe: string;
  seed: number;
  funnel: FunnelRow[];
  kept: number;
  dropped: number;
  splits: Record<KeptSplit, number>;
  /** Clusters of duplicates: how many have two pairs or more, and how many pairs the largest has. */
  clusters: { count: number; largest: number };
  /** Absent without a scorer. */
  bands?: BandSummary;
  samples: {
    kept: Sample[];
    /** By rule, up to eight each: what it dropped, or, if it rewrites texts, what it changed. */
    byRule: Record<string, Sample[]>;
    /** By rule, up to eight each: what it kept, and would have dropped at a slightly other score. */
    near: Record<string, Sample[]>;
  };
  /** What each rule measured, on pairs or texts that reached it: lower edges and counts. */
  distributions: { rule: string; bins: [from: number, count: number][] }[];
  topics: SourceTopics[];
  /** The rules with their thresholds, as the recipe had them. */
  rules: RecipeRule[];
}

/**
 * What cleaning did to a dataset that it has written.
 * @throws UserError those of `readManifest`; SUMMARY_MISSING if the dataset isn't one of the stage `clean`, or isn't complete
 */
export async function readCleanSummary(location: string): Promise<CleanSummary> {
  const manifest = await readManifest(location);
  if (manifest.stage !== 'clean')
    throw missing(location, `it is of the stage ${manifest.stage}; name a dataset that cleaning has written`);
  if (!manifest.complete) throw missing(location, 'cleaning has not ended; run the same command again');
  return cleanSummaryOf(location, manifest);
}

/** As {@link readCleanSummary}, of a manifest that is complete. */
export function cleanSummaryOf(location: string, { state }: Manifest): CleanSummary {
  const parsed = summarySchema.safeParse(state);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue];
  throw missing(
    location,
    `state.${path.join('.')} of its manifest is not as this release writes it (${message}); delete the dataset and clean again`,
  );
}

const missing = (location: string, what: string): UserError =>
  new UserError('SUMMARY_MISSING', `The dataset ${location} has no summary of its cleaning: ${what}.`);

const count = z.int().min(0);
const source = z.enum(SOURCES);

const sample = z.strictObject({
  id: z.string(),
  source,
  imageUrl: z.string().nullable(),
  text: z.string(),
  cleaned: z.string().nullable(),
  change: z.tuple([z.string(), z.string()]).nullable(),
  score: z.number().nullable(),
  thumbnail: z.string().nullable(),
  beside: z.string().exactOptional(),
});

const summarySchema: z.ZodType<CleanSummary> = z.strictObject({
  recipe: z.string(),
  seed: z.number(),
  funnel: z.array(z.strictObject({ rule: z.string(), source, unit: z.enum(['pair', 'text']), in: count, out: count })),
  kept: count,
  dropped: count,
  splits: z.strictObject({ train: count, validation: count, test: count }),
  clusters: z.strictObject({ count, largest: count }),
  bands: z
    .strictObject({
      bands: z.array(z.strictObject({ band: z.enum(BANDS), pairs: count, kept: count })),
      correlations: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).nullable(),
    })
    .exactOptional(),
  samples: z.strictObject({
    kept: z.array(sample),
    byRule: z.record(z.string(), z.array(sample)),
    near: z.record(z.string(), z.array(sample)),
  }),
  distributions: z.array(z.strictObject({ rule: z.string(), bins: z.array(z.tuple([z.number(), count])) })),
  topics: z.array(z.strictObject({ source, texts: count, words: z.array(z.strictObject({ word: z.string(), count })) })),
  rules: z.array(
    z.strictObject({ rule: z.string(), sources: z.array(source).exactOptional(), options: z.record(z.string(), z.unknown()) }),
  ),
});

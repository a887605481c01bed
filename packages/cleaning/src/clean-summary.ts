import type { Source } from '@wenlan/shards';
import type { KeptSplit } from './group/assign-split.ts';
import type { FunnelRow } from './report/funnel.ts';

/** A pair as a report shows it. */
export interface Sample {
  id: string;
  source: Source;
  imageUrl: string | null;
  /** As it came in: the text that the rule judged, or the first of the pair. */
  text: string;
  /** The same text as the rewriting rules left it; null if nothing of it was left. */
  cleaned: string | null;
  /** What the rule measured; null where it left nothing of the text, or measured nothing. */
  score: number | null;
  /** `data:` URL of a JPEG of at most 4 KB; null where there is no picture to show. */
  thumbnail: string | null;
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
  samples: {
    kept: Sample[];
    /** By rule, up to eight each: what it dropped, or, if it rewrites texts, what it changed. */
    byRule: Record<string, Sample[]>;
  };
}

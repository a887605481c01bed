import { readFileSync } from 'node:fs';
import { UserError } from '../user-error.ts';

/** How sure one can be that a figure is what its authors printed. */
export type Certainty = 'read in the paper or its code' | 'reprinted elsewhere' | 'user report';

/** A row of someone's paper. */
export interface PublishedFigures {
  readonly system: string;
  /** `i2t R@1` and so on, in per cent, or captioning metrics as printed; null where the source has no trustworthy figure. */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly source: string;
  readonly certainty: Certainty;
  readonly note?: string;
}

/** `published/NAME.json`: what is published on one data set. */
export interface PublishedSet {
  readonly name: string;
  readonly rows: readonly PublishedFigures[];
}

const NAMES = ['ruc-cas-wenlan', 'aic-icc', 'muge', 'flickr30k-cn', 'coco-cn'] as const;

/** @throws UserError `PUBLISHED_UNKNOWN` */
export function publishedFigures(name: string): PublishedSet {
  if (!(NAMES as readonly string[]).includes(name)) {
    throw new UserError('PUBLISHED_UNKNOWN', `there are no published figures "${name}"; name one of ${NAMES.join(', ')}.`);
  }
  return JSON.parse(readFileSync(new URL(`../../published/${name}.json`, import.meta.url), 'utf8')) as PublishedSet;
}

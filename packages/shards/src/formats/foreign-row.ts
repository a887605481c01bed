import type { Outcome, Pair } from '../pair.ts';

/** A picture larger than this is refused, not read. */
export const MAX_IMAGE_BYTES: number = 256 * 2 ** 20;

/** A row as another program wrote it, before anything was looked at. */
export interface ForeignRow {
  /** Where it stands, for people: `captions.csv line 12`. */
  where: string;
  /** What it is known by where it has no URL: its place, relative to the input. */
  place: string;
  /** What the file says; an id only where it was written by this package. */
  fields: Partial<Pair>;
  /** By which rows that follow one another share a picture; null if they can't. */
  reference: string | null;
  /** Gets the bytes; null where there are none. */
  image: (() => Promise<Uint8Array>) | null;
  /** What became of the picture, as the file says; null: its bytes say. */
  outcome: Outcome | null;
  /** What is wrong with the row, for people. */
  problem: string | null;
}

/** Thrown while getting the bytes of one picture; the row keeps its place and gets this outcome. */
export class ImageRefused extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string) {
    super(message);
    this.name = 'ImageRefused';
    this.outcome = outcome;
  }
}

/** A row of which nothing can be made but that it was there. */
export function badRow(where: string, problem: string): ForeignRow {
  return { where, place: where, fields: {}, reference: null, image: null, outcome: 'filtered:bad-row', problem };
}

/** UTF-8 has no bytes for half a surrogate pair, so what isn't text is replaced as a decoder would. */
export const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');

export interface InputFile {
  path: string;
  /** Relative to the input, with `/`. */
  name: string;
  bytes: number;
}

/** Names of the columns that hold picture, text and page, for tables whose own names aren't known. */
export interface ColumnNames {
  image?: string;
  text?: string;
  page?: string;
}

export interface ReadContext {
  /** What relative paths of pictures are relative to. */
  imageRoot: string;
  columns: ColumnNames;
  /** Called with the bytes of the input that were worked through since the last call. */
  advance: (bytes: number) => void;
}

export type RowReader = (file: InputFile, context: ReadContext) => AsyncGenerator<ForeignRow, void, undefined>;

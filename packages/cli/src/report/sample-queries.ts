import { createHash } from 'node:crypto';
import {
  type CaptionGallery,
  type EvaluationReport,
  gatherVectors,
  type RetrievalResult,
  topMatches,
  type Vectors,
} from '@wenlan/evaluation';
import { readPairs } from '@wenlan/shards';
import type { Gallery } from '../gallery.ts';
import { thumbnailOf } from './thumbnail.ts';

/** Queries shown each way, and what each of them shows. */
const QUERIES = 20;
const MATCHES = 5;

export interface SampleQueriesOptions {
  data: string;
  split: string;
  gallery: Gallery;
  captions: CaptionGallery;
  texts: Vectors;
  result: RetrievalResult;
  seed: number;
}

type SampledQueries = Pick<EvaluationReport, 'textQueries' | 'imageQueries'>;

/** A seeded choice of queries in both directions, with the best matches of each: good ones and bad ones as they come. */
export async function sampleQueries(options: SampleQueriesOptions): Promise<SampledQueries> {
  const { gallery, captions, texts, result, seed } = options;
  const images = gallery.images;
  const textRows = draw(captions.texts, seed);
  const imageRows = draw(
    gallery.entries.map(({ id }) => id),
    seed,
  );
  const textMatches = topMatches(await rowsOf(texts, textRows), images, MATCHES);
  const imageMatches = topMatches(await rowsOf(images, imageRows), texts, MATCHES);

  const shown = new Set([...imageRows, ...textMatches.flat().map(({ row }) => row)]);
  const thumbnails = await readThumbnails(options, new Set([...shown].map((row) => gallery.entries[row]!.id)));
  const thumbnail = (row: number): string => thumbnails.get(gallery.entries[row]!.id)!;
  return {
    textQueries: textRows.map((row, query) => ({
      text: captions.texts[row]!,
      rank: rankOf(result.t2i, row),
      matches: textMatches[query]!.map((match) => ({
        text: gallery.entries[match.row]!.caption,
        score: match.score,
        correct: captions.textOfImage[match.row] === row,
        thumbnail: thumbnail(match.row),
      })),
    })),
    imageQueries: imageRows.map((row, query) => ({
      thumbnail: thumbnail(row),
      text: gallery.entries[row]!.caption,
      rank: rankOf(result.i2t, row),
      matches: imageMatches[query]!.map((match) => ({
        text: captions.texts[match.row]!,
        score: match.score,
        correct: captions.textOfImage[row] === match.row,
      })),
    })),
  };
}

/** Rows of a seeded choice, which doesn't depend on the order of the keys. */
function draw(keys: readonly string[], seed: number): number[] {
  const digest = (key: string): string => createHash('sha256').update(`${seed}\n${key}`).digest('hex');
  return keys
    .map((key, row) => ({ row, digest: digest(key) }))
    .sort((left, right) => (left.digest < right.digest ? -1 : 1))
    .slice(0, QUERIES)
    .map(({ row }) => row);
}

function rowsOf({ values, dim }: Vectors, rows: number[]): Promise<Vectors> {
  return gatherVectors(
    'queries',
    rows.map((row) => ({ values: values.slice(row * dim, (row + 1) * dim), rows: 1, dim })),
  );
}

const rankOf = ({ queryRows, ranks }: RetrievalResult['t2i'], row: number): number => ranks[queryRows.indexOf(row)]!;

async function readThumbnails({ data, split }: SampleQueriesOptions, ids: ReadonlySet<string>): Promise<Map<string, string>> {
  const thumbnails = new Map<string, string>();
  for await (const rows of readPairs(data, { splits: [split], columns: ['image'], where: ({ id }) => ids.has(id) })) {
    for (const { id, image } of rows) thumbnails.set(id, await thumbnailOf(image!));
  }
  return thumbnails;
}

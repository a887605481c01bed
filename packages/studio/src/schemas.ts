import { z } from 'zod';
import { filterSchema } from './catalog/filter.ts';

const MAX_PICTURE_BASE64 = 14 * 1024 * 1024;
const text = z.string().trim().min(1).max(500);
const picture = z.base64().max(MAX_PICTURE_BASE64).describe('Bytes of an encoded picture.');

/** Bodies of requests: what validates them also writes the OpenAPI document. */
export const searchBody = z
  .strictObject({
    collection: z.string().max(200).describe('What is searched: a name that /api/studio lists.'),
    text: text.exactOptional(),
    picture: picture.exactOptional(),
    top: z.int().min(1).max(200).default(24),
  })
  .refine((body) => (body.text === undefined) !== (body.picture === undefined), 'Give either text or picture.');

export const encodeBody = z.strictObject({
  texts: z.array(text).max(256).default([]),
  pictures: z.array(picture).max(16).default([]),
});

export const heatmapBody = z.strictObject({ text, picture });

export const pairsQuery = z.strictObject({
  filter: z.string().max(20_000).default('{}').describe('JSON of a filter.'),
  after: z.coerce.number().int().min(-1).default(-1).describe('Position behind which the page begins.'),
  limit: z.coerce.number().int().min(1).max(500).default(60),
});

export const countsQuery = z.strictObject({
  filter: z.string().max(20_000).default('{}'),
  columns: z.string().max(5000).default('').describe('Columns of numbers, with commas between, that get a histogram.'),
});

export const changesBody = z.strictObject({
  changes: z.record(z.string(), z.record(z.string(), z.unknown())).describe('Options by rule.'),
});

export const filterDocument: z.ZodType = filterSchema;

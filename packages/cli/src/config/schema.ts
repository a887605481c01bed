import { z } from 'zod';

const sourceSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'use small letters, digits and hyphens')
      .describe('Names the source in logs and reports.'),
    kind: z
      .enum(['encyclopedia', 'news', 'weibo', 'web', 'commoncrawl', 'list', 'local'])
      .describe('Which adapter reads its pages or files.'),
    seeds: z
      .array(z.string().min(1))
      .min(1)
      .describe('Where this source begins: URLs; of list and local paths; of commoncrawl paths or URLs of WARC and WAT files.'),
    maxPages: z.int().positive().exactOptional().describe('Pages asked for, whatever came of it; 1,000 by default.'),
    maxDepth: z.int().min(0).exactOptional().describe('Links from a seed; no limit by default.'),
    weight: z.number().positive().exactOptional().describe('Its share of the requests beside the other sources; 1 by default.'),
    columns: z
      .strictObject({ image: z.string().exactOptional(), text: z.string().exactOptional(), page: z.string().exactOptional() })
      .exactOptional()
      .describe('Names of the columns of a list, where they are not known.'),
    scope: z.array(z.string().min(1)).exactOptional().describe('Hosts, or hosts with a path; those of the seeds by default.'),
  })
  .describe('One site, or several of one kind.');

const millis = z.int().positive().exactOptional();
const limitsSchema = z.strictObject({
  connectTimeoutMillis: millis.describe('Until the connection stands; 10,000 by default.'),
  firstByteTimeoutMillis: millis.describe('Until the answer begins; 20,000 by default.'),
  idleTimeoutMillis: millis.describe('Between two pieces of an answer; 15,000 by default.'),
  totalTimeoutMillis: millis.describe('Of one attempt; 120,000 by default.'),
  maxRedirects: z.int().min(0).exactOptional().describe('5 by default.'),
  maxDecompressionRatio: z.number().min(1).exactOptional().describe('Of bytes unpacked to bytes sent; 200 by default.'),
  retries: z.int().min(0).exactOptional().describe('Attempts after the first; 3 by default.'),
  retryBaseMillis: millis.describe('Before the first retry; it doubles with each. 500 by default.'),
  maxRetryAfterMillis: millis.describe('A host that asks for a longer wait is not asked again; 120,000 by default.'),
});

const resizeSchema = z.strictObject({
  mode: z.enum(['border', 'keep_ratio', 'keep_ratio_largest', 'center_crop']).describe('As in img2dataset.'),
  size: z.int().positive().exactOptional().describe('Pixels of the side that is fitted; 256 by default.'),
  onlyIfBigger: z.boolean().exactOptional().describe('Leaves pictures that are no larger as they were sent.'),
  format: z.enum(['jpeg', 'png', 'webp']).exactOptional().describe('jpeg by default.'),
  quality: z.int().min(1).max(100).exactOptional().describe('Of JPEG and WebP; 95 by default.'),
});

const crawlSchema = z.strictObject({
  contact: z.string().min(3).describe('A mail address or page named in the User-Agent, so that a site can reach you.'),
  sources: z.array(sourceSchema).min(1),
  allowAddresses: z.array(z.string()).default([]).describe('Private address ranges (CIDR) that may be fetched; none by default.'),
  concurrency: z.int().positive().max(1024).default(32).describe('Requests in flight over all hosts.'),
  perHost: z
    .strictObject({
      requestsPerSecond: z.number().positive().default(2),
      concurrency: z.int().positive().default(2),
    })
    .prefault({}),
  bytesPerSecond: z.number().min(1).exactOptional().describe('Received over all hosts; no limit by default.'),
  maxPageBytes: z.int().positive().exactOptional().describe('8 MiB by default.'),
  maxImageBytes: z.int().positive().exactOptional().describe('20 MiB by default.'),
  maxPixels: z.int().positive().exactOptional().describe('Of a picture, by its header; 100 million by default.'),
  maxPagesPerHost: z.int().positive().exactOptional().describe('Pages asked of one host in one source; no limit by default.'),
  coverage: z
    .strictObject({
      plentiful: z
        .int()
        .positive()
        .exactOptional()
        .describe('Pictures of a concept from which on its links wait; 1,000 by default.'),
      caps: z.record(z.string(), z.int().positive()).exactOptional().describe('Pictures of a concept that are fetched at most.'),
    })
    .exactOptional()
    .describe('How what there is steers the crawl; a concept is a tag, or a word of a title. Of each source by itself.'),
  resize: resizeSchema.exactOptional().describe('Fits pictures to a size; their bytes are kept as they were sent by default.'),
  limits: limitsSchema.exactOptional().describe('Of every request.'),
});

const evaluateSchema = z.strictObject({
  split: z.enum(['train', 'validation', 'test']).default('test'),
  sources: z.array(z.string()).exactOptional().describe('Only pairs of these sources enter the gallery; all by default.'),
  captionKinds: z
    .array(z.enum(['alt', 'caption', 'title', 'surrounding', 'post', 'tag', 'query']))
    .min(1)
    .default(['caption', 'title', 'alt', 'post', 'surrounding', 'tag'])
    .describe("A pair's caption is its first text of the first of these kinds that it has."),
});

/** The whole of `wenlan.yaml`. `clean.recipe` and `train` are checked by the packages that they belong to. */
export const configSchema = z.strictObject({
  seed: z.int().min(0).default(7).describe('The one seed of everything random.'),
  out: z.string().min(1).default('wenlan-out').describe('The folder that receives datasets, run and report.'),
  clock: z
    .union([z.literal('system'), z.iso.datetime()])
    .default('system')
    .describe('`system`, or one fixed instant for datasets that must come out the same bytes on any day.'),
  queue: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Redis of the workers that crawl, retry and clean, such as redis://127.0.0.1:6379; without it this process does.'),
  crawl: crawlSchema.exactOptional(),
  clean: z
    .strictObject({
      recipe: z
        .union([z.string(), z.record(z.string(), z.unknown())])
        .default('default')
        .describe('A built-in recipe, a YAML file, or the recipe itself.'),
    })
    .prefault({}),
  train: z.record(z.string(), z.unknown()).default({}).describe("The trainer's settings; see the README of @wenlan/model."),
  evaluate: evaluateSchema.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type CrawlConfig = z.infer<typeof crawlSchema>;
export type EvaluateConfig = Config['evaluate'];

import { z } from 'zod';

const hostOrAddress = z.string().min(1);
const seconds = z.number().positive();

const sourceSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/, 'use small letters, digits and hyphens').describe('Names the source in logs and reports.'),
    kind: z.enum(['encyclopedia', 'news', 'weibo', 'web']).describe('Which adapter reads its pages.'),
    seeds: z.array(z.url()).min(1).describe('Where the crawl of this source begins.'),
    maxPages: z.int().positive().optional(),
    maxDepth: z.int().min(0).optional(),
  })
  .describe('One site or group of sites of one kind.');

const crawlSchema = z.strictObject({
  contact: z.string().min(3).describe('A mail address or page named in the User-Agent, so that a site can reach you.'),
  sources: z.array(sourceSchema).min(1),
  connectTo: z.record(hostOrAddress, hostOrAddress).default({}).describe("Host to address:port, as curl's --connect-to."),
  allowAddresses: z.array(z.string()).default([]).describe('Private address ranges (CIDR) that may be fetched; none by default.'),
  concurrency: z.int().positive().max(1024).default(32).describe('Requests in flight over all hosts.'),
  perHost: z
    .strictObject({
      requestsPerSecond: z.number().positive().default(2),
      concurrency: z.int().positive().default(2),
    })
    .prefault({}),
  totalTimeoutSeconds: seconds.default(30).describe('A response that takes longer in all is given up.'),
  maxImageBytes: z
    .int()
    .positive()
    .default(20 * 1024 * 1024),
  retries: z.int().min(0).max(10).default(2),
});

const evaluateSchema = z.strictObject({
  split: z.enum(['train', 'validation', 'test']).default('test'),
  sources: z.array(z.string()).optional().describe('Only pairs of these sources enter the gallery; all by default.'),
  captionKinds: z
    .array(z.enum(['alt', 'caption', 'title', 'surrounding', 'post', 'tag', 'query']))
    .min(1)
    .default(['caption', 'title', 'alt', 'post', 'surrounding', 'tag'])
    .describe("A pair's caption is its first text of the first of these kinds that it has."),
});

/** The whole of `wenlan.yaml`. `clean.recipe` and `train` are checked by the packages that they belong to. */
export const configSchema = z.strictObject({
  seed: z.int().min(0).default(7).describe('The one seed of everything random.'),
  out: z.string().min(1).default('wenlan-out').describe('The folder that receives datasets, runs and the report.'),
  clock: z
    .union([z.literal('system'), z.iso.datetime()])
    .default('system')
    .describe('`system`, or one fixed instant for datasets that must come out the same bytes on any day.'),
  crawl: crawlSchema.optional(),
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

import { z } from 'zod';

const sourceSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'use small letters, digits and hyphens')
      .describe('Names the source in logs and reports.'),
    kind: z.enum(['encyclopedia', 'news', 'weibo', 'web']).describe('Which adapter reads its pages.'),
    seeds: z.array(z.url()).min(1).describe('Where the crawl of this source begins.'),
    maxPages: z.int().positive().exactOptional().describe('Pages asked for, whatever came of it; 1,000 by default.'),
    maxDepth: z.int().min(0).exactOptional().describe('Links from a seed; no limit by default.'),
    scope: z.array(z.string().min(1)).exactOptional().describe('Hosts, or hosts with a path; those of the seeds by default.'),
  })
  .describe('One site, or several of one kind.');

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

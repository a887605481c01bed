import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { resolveLocation } from '@wenlan/shards';
import { YAMLParseError, parse } from 'yaml';
import { z } from 'zod';
import { localPath } from '../local-path.ts';
import { UsageError } from '../usage-error.ts';

const settings = z.record(z.string(), z.unknown());
const count = z.int().positive();

const systemSchema = z.strictObject({
  name: z.string().min(1).describe('Its line in the table.'),
  train: settings.default({}).describe("The trainer's settings, over those that all systems share."),
  seeds: z.array(z.int().min(0)).min(1).exactOptional().describe('Instead of the seeds of all.'),
  conditions: z.array(z.string()).min(1).exactOptional().describe('Only these; all by default.'),
  queueSize: z
    .int()
    .min(0)
    .exactOptional()
    .describe('Makes it a point of the plot of recall by queue size, and sets train.queueSize.'),
  rerank: z
    .strictObject({ system: z.string(), top: count })
    .exactOptional()
    .describe('Re-rank the first `top` of that system instead of scoring every pair; for systems without vectors.'),
});

const compareSchema = z.strictObject({
  title: z.string().default('Systems side by side'),
  data: z.string().describe('A clean dataset: a folder, relative to this file, or an s3: URL.'),
  out: z.string().describe('Folder of runs and tables, relative to this file.'),
  seeds: z.array(z.int().min(0)).min(1),
  budget: z
    .union([
      z.strictObject({ steps: count }),
      z.strictObject({ seconds: z.number().positive() }),
      z.strictObject({ memoryMegabytes: z.number().positive(), steps: count }),
    ])
    .describe(
      'The same for every system: steps; or seconds of training; or steps in the largest batch that stays below a peak of memory.',
    ),
  train: settings.default({}).describe("The trainer's settings that all systems share."),
  conditions: z
    .array(z.strictObject({ name: z.string().min(1), train: settings.default({}), captionKinds: z.array(z.string()).min(1) }))
    .min(1)
    .describe('Which texts stand for a picture in training (train.textWeights) and in the gallery (captionKinds).'),
  systems: z.array(systemSchema).min(1),
  gallery: z
    .strictObject({
      split: z.enum(['test', 'validation']).default('test'),
      maxPairs: count.default(500).describe('At most so many pictures, drawn by the hash of their ids.'),
    })
    .prefault({}),
  zeroShot: z
    .strictObject({
      kind: z.string().describe('The texts of this kind name classes.'),
      minImages: count.default(8).describe('A class is what so many pictures of the split share.'),
      templates: z
        .array(z.string().includes('{}'))
        .min(1)
        .describe('Prompts, the class in place of {}; their answers are averaged.'),
    })
    .exactOptional()
    .describe("Zero-shot classification of the pictures of the gallery's split that have exactly one class."),
  captions: z
    .strictObject({ steps: count, objective: z.union([z.string(), settings]).default('captioner-tiny') })
    .exactOptional()
    .describe(
      'Trains a captioner of so many steps on the image tower of each system, held still, and scores its captions by character.',
    ),
  published: z
    .array(z.string())
    .default([])
    .describe('Published figures that are printed beside, by the names of @wenlan/evaluation.'),
});

export type CompareConfig = z.infer<typeof compareSchema>;
export type SystemConfig = CompareConfig['systems'][number];
export type ConditionConfig = CompareConfig['conditions'][number];

/**
 * Reads the YAML of a comparison; paths in it become absolute.
 * @throws UsageError naming the file and the key
 */
export async function loadCompareConfig(file: string): Promise<CompareConfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('COMPARE_MISSING', `${file} can't be read (${error.code}); name the YAML of a comparison.`);
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new UsageError('COMPARE_SYNTAX', `${file}: ${error.message.split(' at line')[0]}; mend the YAML.`, { cause: error });
  }
  const result = compareSchema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const path = issue.path.join('.') || 'the file';
    const what =
      issue.code === 'unrecognized_keys'
        ? `"${issue.keys[0]}" in ${path} is not a known key`
        : `${path} is wrong (${issue.message})`;
    throw new UsageError('COMPARE_INVALID', `${file}: ${what}; correct it.`);
  }
  const config = result.data;
  const systems = new Set(config.systems.map(({ name }) => name));
  const conditions = new Set(config.conditions.map(({ name }) => name));
  for (const system of config.systems) {
    const unknown = system.conditions?.find((name) => !conditions.has(name));
    if (unknown !== undefined)
      throw new UsageError(
        'COMPARE_INVALID',
        `${file}: system "${system.name}" names a condition "${unknown}" that isn't there; correct it.`,
      );
    if (system.rerank !== undefined && !systems.has(system.rerank.system)) {
      throw new UsageError(
        'COMPARE_INVALID',
        `${file}: system "${system.name}" re-ranks "${system.rerank.system}", which isn't there; correct it.`,
      );
    }
  }
  if (systems.size !== config.systems.length || conditions.size !== config.conditions.length) {
    throw new UsageError('COMPARE_INVALID', `${file}: two systems or two conditions have one name; tell them apart.`);
  }
  const folder = dirname(file);
  return { ...config, data: resolveLocation(folder, config.data), out: resolve(folder, localPath(config.out)) };
}

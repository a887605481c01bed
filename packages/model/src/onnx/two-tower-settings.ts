import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { UserError } from '@wenlan/shards';
import { z } from 'zod';
import { parseYaml } from '../parse-yaml.ts';

/** What a folder with an ONNX model of two towers says about itself. */
export const TWO_TOWER_FILE = 'two-tower.yaml';

const file = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !/^\.\.(?:[/\\]|$)/.test(normalize(path)), 'name a file inside the folder');
const count = z.int().positive();
const rgb = <Value extends z.ZodType>(value: Value) => z.tuple([value, value, value]);
/** Name of the output that holds the vectors; by default the first of float32 and rank 2. */
const output = z.string().min(1).exactOptional();

const schema = z.strictObject({
  image: z.strictObject({ file, side: count, mean: rgb(z.number()), std: rgb(z.number().positive()), output }),
  text: z.strictObject({ file, vocabulary: file, tokens: z.int().min(3), output }),
});

/** How pictures and texts go into the towers: pixels as (value − mean) / std, RGB in 0..1; WordPiece, padded to `tokens`. */
export type TwoTowerSettings = z.infer<typeof schema>;

/**
 * Reads `two-tower.yaml`.
 * @throws UserError TWO_TOWER_MISSING, TWO_TOWER_INVALID naming the key
 */
export async function readTwoTowerSettings(folder: string): Promise<TwoTowerSettings> {
  const path = join(folder, TWO_TOWER_FILE);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      'TWO_TOWER_MISSING',
      `${path} can't be read (${cause.code}); write there which ONNX files the folder holds and how pictures and texts go in, as the README of @wenlan/model shows.`,
      { cause },
    );
  });
  const parsed = parseYaml(
    text,
    ({ line, problem, cause }) =>
      new UserError('TWO_TOWER_INVALID', `${path}:${line}: ${problem}; mend the YAML there.`, { cause }),
  );
  const { data, error } = schema.safeParse(parsed);
  if (data !== undefined) return data;
  const { issues } = error;
  // What is missing may be what a mistyped key was to be.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const key = [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys[0]!] : [])].join('.');
  throw new UserError('TWO_TOWER_INVALID', `${path}: "${key || 'the whole file'}" is wrong (${issue.message}); correct it.`);
}

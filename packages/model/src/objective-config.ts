import { UserError } from '@wenlan/shards';
import { z } from 'zod';
import { CAPTIONER_SMALL, CAPTIONER_TINY, type CaptionerConfig } from './captioner/captioner-config.ts';
import { CLIP_FAIR, CLIP_LIT, type ClipConfig } from './clip/clip-config.ts';
import { UNITER_SMALL, UNITER_TINY, type UniterConfig } from './uniter/uniter-config.ts';

/** An objective by its name, with its own settings. */
export type ObjectiveConfig = { kind: 'brivl' } | ClipConfig | UniterConfig | CaptionerConfig;
/** Objectives that can be trained. */
export type ObjectiveName = keyof typeof OBJECTIVES;

/** What a model can be trained for, by name. */
export const OBJECTIVES = {
  brivl: { kind: 'brivl' },
  clip: CLIP_FAIR,
  'clip-lit': CLIP_LIT,
  'uniter-tiny': UNITER_TINY,
  'uniter-small': UNITER_SMALL,
  'captioner-tiny': CAPTIONER_TINY,
  'captioner-small': CAPTIONER_SMALL,
} as const satisfies Record<string, ObjectiveConfig>;

const count = z.int().positive();
const share = z.number().min(0).max(1);
const transformer = {
  layers: count,
  hidden: count,
  heads: count,
  intermediate: count,
  positions: count,
  dropout: z.number().min(0).max(0.9),
};

const schema: z.ZodType<ObjectiveConfig> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('brivl') }),
  z.strictObject({ kind: z.literal('clip'), image: z.enum(['trained', 'frozen']) }),
  z.strictObject({ kind: z.literal('uniter'), ...transformer, maskedShare: share, candidates: count }),
  z.strictObject({ kind: z.literal('captioner'), image: z.enum(['trained', 'frozen']), ...transformer }),
]);

/** The preset that an object which names only its kind starts from. */
const DEFAULTS: Record<ObjectiveConfig['kind'], ObjectiveName> = {
  brivl: 'brivl',
  clip: 'clip',
  uniter: 'uniter-tiny',
  captioner: 'captioner-tiny',
};

/**
 * The objective that a setting names: a preset by its name, or an object that `extends` one.
 * @throws UserError naming the preset or the key that is wrong
 */
export function resolveObjective(objective: string | Readonly<Record<string, unknown>> | ObjectiveConfig): ObjectiveConfig {
  if (typeof objective === 'string') return preset(objective);
  const { extends: base, ...own } = objective as Readonly<Record<string, unknown>>;
  const { kind = 'brivl' } = own;
  const start = preset(nameOf(base ?? (DEFAULTS as Record<string, string>)[nameOf(kind)] ?? kind));
  const result = schema.safeParse({ ...start, ...own });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new UserError(
    'OBJECTIVE_CONFIG',
    issue.code === 'unrecognized_keys'
      ? `train.objective.${issue.keys[0]} is not a known key; remove it or correct its name.`
      : `train.objective.${issue.path.join('.')} is wrong (${issue.message}); correct it.`,
  );
}

function preset(name: string): ObjectiveConfig {
  const found = (OBJECTIVES as Record<string, ObjectiveConfig>)[name];
  if (found !== undefined) return found;
  throw new UserError('OBJECTIVE_UNKNOWN', `There is no objective "${name}"; name one of ${Object.keys(OBJECTIVES).join(', ')}.`);
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

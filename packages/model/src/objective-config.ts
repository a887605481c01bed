import { UserError } from '@wenlan/shards';
import { z } from 'zod';
import { CLIP_FAIR, CLIP_LIT, type ClipConfig } from './clip/clip-config.ts';

export type ObjectiveConfig = { kind: 'brivl' } | ClipConfig;
export type ObjectiveName = keyof typeof OBJECTIVES;

/** What a model can be trained for, by name. */
export const OBJECTIVES = {
  brivl: { kind: 'brivl' },
  clip: CLIP_FAIR,
  'clip-lit': CLIP_LIT,
} as const satisfies Record<string, ObjectiveConfig>;

const schema: z.ZodType<ObjectiveConfig> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('brivl') }),
  z.strictObject({ kind: z.literal('clip'), image: z.enum(['trained', 'frozen']) }),
]);

/** The preset that an object which names only its kind starts from. */
const DEFAULTS: Record<ObjectiveConfig['kind'], ObjectiveName> = { brivl: 'brivl', clip: 'clip' };

/**
 * The objective that a setting names: a preset by its name, or an object that `extends` one.
 * @throws UserError naming the preset or the key that is wrong
 */
export function resolveObjective(objective: string | Readonly<Record<string, unknown>>): ObjectiveConfig {
  if (typeof objective === 'string') return preset(objective);
  const { extends: base, ...own } = objective;
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

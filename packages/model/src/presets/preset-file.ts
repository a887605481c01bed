import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '@wenlan/shards';
import { parseYaml } from '../parse-yaml.ts';

/** The settings that have a name; each is a file of `presets/`. */
export const PRESET_NAMES = ['tiny', 'small', 'brivl-1.0', 'brivl-released'] as const;
/** Presets that come with the package. */
export type PresetName = (typeof PRESET_NAMES)[number];

export function isPresetName(name: unknown): name is PresetName {
  return (PRESET_NAMES as readonly unknown[]).includes(name);
}

/** As far from src/presets as from dist/presets. */
const PRESETS_FOLDER = join(import.meta.dirname, '../../presets');

/** What a path looks like; all else is a preset's name. */
const PATH = /^[./\\]|[/\\]|\.ya?ml$/i;

/**
 * The file that an `extends` names.
 * @param folder what a relative path is from
 * @throws UserError for a name that no preset has
 */
export function presetFile(wanted: string, folder: string): string {
  if (isPresetName(wanted)) return join(PRESETS_FOLDER, `${wanted}.yaml`);
  if (PATH.test(wanted)) return resolve(folder, wanted);
  const names = PRESET_NAMES.join(', ');
  throw new UserError('PRESET_UNKNOWN', `There is no preset "${wanted}"; name one of ${names}, or a file such as ./mine.yaml.`);
}

/**
 * Settings as they stand in a YAML file, nothing checked but that they are keys and values.
 * @throws UserError naming the file, and the line where its YAML is broken
 */
export function readSettings(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const mend = 'correct the "extends" that names it, or put a file there.';
    throw new UserError('SETTINGS_MISSING', `${file} can't be read (${code}); ${mend}`, { cause });
  }
  const parsed = parseYaml(
    text,
    ({ line, problem, cause }) =>
      new UserError('SETTINGS_SYNTAX', `${file}:${line}: ${problem}; mend the YAML there.`, { cause }),
  );
  const settings = parsed ?? {};
  if (typeof settings === 'object' && !Array.isArray(settings)) return settings as Record<string, unknown>;
  throw new UserError('SETTINGS_INVALID', `${file} holds no settings; write "key: value" lines there, such as "steps: 1000".`);
}

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { YAMLParseError, parse } from 'yaml';
import type { z } from 'zod';
import { UsageError } from '../usage-error.ts';
import { type Config, configSchema } from './schema.ts';

/** The file looked for when no `--config` is given. */
const DEFAULT_CONFIG_FILE = 'wenlan.yaml';

/**
 * Reads and checks a config file; without `file`, `wenlan.yaml` of the present folder if there is one, else the defaults.
 * @throws UsageError that names the file and, for a key or value it does not know, the full path of the key
 */
export async function loadConfig(file: string | undefined): Promise<Config> {
  const name = file ?? DEFAULT_CONFIG_FILE;
  const text = await readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (file === undefined && error.code === 'ENOENT') return '';
    throw new UsageError('CONFIG_MISSING', `${name} can't be read (${error.code}); name another file with --config.`);
  });
  const config = checkConfig(parseYaml(text, name), name);
  return { ...config, train: fromFolder(config.train, dirname(name)) };
}

/** Settings of a run whose `extends`, where it is a path, is from the config file's folder as it is in the files that it names. */
function fromFolder(settings: Config['train'], folder: string): Config['train'] {
  const { extends: base } = settings;
  return typeof base === 'string' && /^\.{1,2}\//.test(base) ? { ...settings, extends: resolve(folder, base) } : settings;
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line ?? 1;
    const problem = error.message.split(' at line')[0];
    throw new UsageError('CONFIG_SYNTAX', `${file}:${line}: ${problem}; mend the YAML there.`, { cause: error });
  }
}

function checkConfig(value: unknown, file: string): Config {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  // What is missing may be what a mistyped key was to be.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  throw new UsageError('CONFIG_INVALID', describeIssue(first, value, file));
}

function describeIssue(issue: z.core.$ZodIssue, config: unknown, file: string): string {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = [...path, issue.keys[0]].join('.');
    return `${file}: "${key}" is not a known key; remove it or correct its name.`;
  }
  if (path.length > 0 && valueAt(config, path) === undefined) return `${file}: "${path.join('.')}" is missing; add it.`;
  return `${file}: "${path.join('.') || 'the whole file'}" is wrong (${issue.message}); correct it.`;
}

function valueAt(config: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], config);
}

import { readFile } from 'node:fs/promises';
import { YAMLParseError, parse } from 'yaml';
import type { z } from 'zod';
import { UsageError } from '../usage-error.ts';
import { type Config, configSchema } from './schema.ts';

/** The file looked for when no `--config` is given. */
export const DEFAULT_CONFIG_FILE = 'wenlan.yaml';

/**
 * Reads and checks a config file.
 * @throws UsageError that names the file and, for a key or value it does not know, the full path of the key
 */
export async function loadConfig(file: string): Promise<Config> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError('CONFIG_MISSING', `${file} can't be read; write one with \`wenlan init\` or name another with --config.`);
  });
  return checkConfig(parseYaml(text, file), file);
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line ?? 1;
    throw new UsageError('CONFIG_SYNTAX', `${file}:${line}: ${error.message.split(' at line')[0]}; mend the YAML there.`, { cause: error });
  }
}

/** Checks a config that came from a file or was put together from flags; `where` begins the sentence of an error. */
export function checkConfig(value: unknown, where: string): Config {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError('CONFIG_INVALID', describeIssue(result.error.issues[0]!, where));
}

function describeIssue(issue: z.core.$ZodIssue, where: string): string {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const key = [...path, issue.keys[0]].join('.');
    return `${where}: "${key}" is not a known key; remove it or correct its name.`;
  }
  return `${where}: "${path.join('.') || 'the whole file'}" is wrong (${issue.message}); correct it.`;
}

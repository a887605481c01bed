import { copyFile, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';

// As far from src/commands as from dist/commands.
const TEMPLATE = join(import.meta.dirname, '../../configs/wenlan.yaml');

/** Writes a commented config to start from; never over a file that is there. */
export async function initCommand(file: string, context: CommandContext): Promise<void> {
  await copyFile(TEMPLATE, file, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new UsageError('CONFIG_EXISTS', `${file} is there already; edit it, or name another file.`);
  });
  context.print({ config: file }, [
    `${file} is written; name your contact and sources there, then run \`wenlan run --config ${file}\`.`,
  ]);
}

import { engineStatus, installEngine } from '@wenlan/engine';
import type { CommandContext } from '../command-context.ts';

export async function engineInstallCommand(options: { cuda?: boolean }, context: CommandContext): Promise<void> {
  const record = await installEngine({ cuda: options.cuda ?? false, onProgress: (sentence) => context.reporter.note(sentence) });
  context.print(record, [`TensorFlow ${record.tensorflowVersion} is ready.`]);
}

export async function engineStatusCommand(context: CommandContext): Promise<void> {
  const { folder, record, sentence } = await engineStatus();
  context.print({ installed: record !== undefined, folder, ...record }, [sentence]);
}

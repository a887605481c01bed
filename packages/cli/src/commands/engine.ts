import { engineStatus } from '@wenlan/engine/status';
import type { CommandContext } from '../command-context.ts';

/** Installs the engine; where the tools to build it are missing, a stock package that works here will do. */
export async function engineInstallCommand(options: { cuda?: boolean }, context: CommandContext): Promise<void> {
  const { EngineError, installEngine } = await import('@wenlan/engine');
  try {
    const record = await installEngine({ ...options, onProgress: (sentence) => context.reporter.note(sentence) });
    context.print(record, [`TensorFlow ${record.tensorflowVersion} is ready.`]);
  } catch (error) {
    const { stock, sentence } = await engineStatus();
    if (!(error instanceof EngineError) || error.code !== 'ENGINE_TOOLS' || stock === undefined) throw error;
    context.print({ stock }, [sentence]);
  }
}

export async function engineStatusCommand(context: CommandContext): Promise<void> {
  const { folder, record, stock, sentence } = await engineStatus();
  context.print({ installed: record !== undefined || stock !== undefined, folder, ...record, ...(stock && { stock }) }, [
    sentence,
  ]);
}

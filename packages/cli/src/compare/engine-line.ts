import { availableParallelism } from 'node:os';
import { engineStatus } from '@wenlan/engine/status';

/** What the figures were computed with. */
export async function engineLine(): Promise<string> {
  const { record, stock } = await engineStatus();
  const stockLine = stock === undefined ? 'no TensorFlow' : 'the TensorFlow of a stock package, every step eager';
  const tensorflow =
    record === undefined ? stockLine : `TensorFlow ${record.tensorflowVersion} ${record.cuda ? 'for CUDA' : 'for the CPU'}`;
  return `${tensorflow}, Node ${process.version}, ${availableParallelism()} CPU threads seen`;
}

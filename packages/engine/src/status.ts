import { type EngineRecord, engineFolder, readEngineRecord } from './engine-folder.ts';

/** What {@link engineStatus} finds. */
export interface EngineStatus {
  folder: string;
  /** Undefined where nothing is installed. */
  record: EngineRecord | undefined;
  /** One sentence: what is in use and why, or what to run. */
  sentence: string;
}

/** Says which engine is installed without loading it. */
export async function engineStatus(): Promise<EngineStatus> {
  const folder = engineFolder();
  const record = await readEngineRecord(folder);
  if (record === undefined) return { folder, record, sentence: `No engine in ${folder}; run \`wenlan engine install\`.` };
  const origin = record.tensorflowFrom === 'machine' ? 'which this machine had' : 'which was downloaded';
  const build = record.cuda ? 'for CUDA' : 'for the CPU';
  return {
    folder,
    record,
    sentence: `TensorFlow ${record.tensorflowVersion} ${build}, ${origin}, in ${record.tensorflowFolder}.`,
  };
}

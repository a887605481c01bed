import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `engine.json` says of an installed engine. */
export interface EngineRecord {
  /** Version of TensorFlow, as `2.21.0`. */
  tensorflowVersion: string;
  /** The folder of libtensorflow_cc.so.2; the binding's rpath points here. */
  tensorflowFolder: string;
  /** `machine` for a TensorFlow that was there already, `wheel` for one that the installation downloaded. */
  tensorflowFrom: 'machine' | 'wheel';
  cuda: boolean;
  /** The unpacked npm package @tensorflow/tfjs-node-gpu. */
  packageFolder: string;
  /** The compiled tfjs_binding.node. */
  bindingFile: string;
}

/** An engine that can be loaded, or the reason why there is none. */
export type InstalledEngine = { record: EngineRecord } | { record: undefined; problem: string };

/** The folder outside node_modules that holds engines: `WENLAN_ENGINE_DIR`, else `wenlan/engine` in the user's cache folder. */
export function engineFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['WENLAN_ENGINE_DIR'];
  if (named) return resolve(named);
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'wenlan', 'engine');
}

/** Reads `engine.json` and looks whether what it names is still there; loads nothing. */
export async function findInstalledEngine(folder: string): Promise<InstalledEngine> {
  const file = join(folder, 'engine.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    const absent = text.code === 'ENOENT' || text.code === 'ENOTDIR';
    return without(absent ? `There is no TensorFlow engine in ${folder}` : `${file} can't be read (${text.code})`);
  }
  const record = parseRecord(text);
  if (record === undefined) return without(`${file} is damaged`);
  const parts = [
    record.bindingFile,
    join(record.packageFolder, 'package.json'),
    join(record.tensorflowFolder, 'libtensorflow_cc.so.2'),
  ];
  for (const part of parts) {
    if (!(await exists(part))) return without(`The engine in ${folder} has lost ${part}`);
  }
  return { record };
}

const without = (problem: string): InstalledEngine => ({ record: undefined, problem });

function parseRecord(text: string): EngineRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<Record<keyof EngineRecord, unknown>> | null;
    const strings = [
      record?.tensorflowVersion,
      record?.tensorflowFolder,
      record?.tensorflowFrom,
      record?.packageFolder,
      record?.bindingFile,
    ];
    const whole = strings.every((value) => typeof value === 'string') && typeof record?.cuda === 'boolean';
    return whole ? (record as EngineRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a file or folder can be reached. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

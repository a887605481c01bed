import { readFile } from 'node:fs/promises';
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

/** The folder outside node_modules that holds engines: `WENLAN_ENGINE_DIR`, else `wenlan/engine` in the user's cache folder. */
export function engineFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['WENLAN_ENGINE_DIR'];
  if (named) return resolve(named);
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'wenlan', 'engine');
}

/** The record of the installed engine; undefined where there is none or it is unreadable. */
export async function readEngineRecord(folder: string): Promise<EngineRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'engine.json'), 'utf8')) as EngineRecord;
  } catch {
    return undefined;
  }
}

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EngineInfo } from '@wenlan/engine';

/** What a run was trained with: the same commit on another engine or device needn't give the same bits. */
export interface RunEnvironment {
  /** Of this package. */
  release: string;
  /** What is checked out in the working folder, with `-dirty` where tracked files differ from it; null outside of a repository. */
  gitCommit: string | null;
  tensorflow: string;
  device: 'cpu' | 'gpu';
  /** Whether a step runs as one TensorFlow function. */
  captures: boolean;
  processor: string;
  node: string;
}

/** As far from src as from dist. */
const PACKAGE_FILE = join(import.meta.dirname, '../package.json');

export async function describeEnvironment({ tensorflowVersion, device, captures }: EngineInfo): Promise<RunEnvironment> {
  const { version } = JSON.parse(await readFile(PACKAGE_FILE, 'utf8')) as { version: string };
  return {
    release: version,
    gitCommit: await gitCommit(process.cwd()),
    tensorflow: tensorflowVersion,
    device,
    captures,
    processor: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
}

/** @returns null where there is no repository, no commit or no git */
export async function gitCommit(folder: string): Promise<string | null> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: folder, encoding: 'utf8' })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}

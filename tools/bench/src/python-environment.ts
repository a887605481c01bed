import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface PythonEnvironment {
  readonly python: string;
  /** What is installed, one `name==version` each. */
  readonly versions: readonly string[];
}

/** An interpreter with the given packages below `folder`; made by uv, which shares files between environments, when it isn't there yet. */
export function pythonEnvironment(folder: string, requirements: readonly string[]): PythonEnvironment {
  const uv = installer(folder);
  const name = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12);
  const environment = join(folder, name);
  const python = join(environment, 'bin/python');
  if (!existsSync(environment)) {
    const unfinished = `${environment}.tmp`;
    rmSync(unfinished, { recursive: true, force: true });
    run(uv, ['venv', '--quiet', '--relocatable', unfinished]);
    if (requirements.length > 0)
      run(uv, ['pip', 'install', '--quiet', '--python', join(unfinished, 'bin/python'), ...requirements]);
    renameSync(unfinished, environment);
  }
  const versions = run(uv, ['pip', 'freeze', '--quiet', '--python', python]).trim().split('\n').filter(Boolean);
  return { python, versions };
}

function installer(folder: string): string {
  const environment = join(folder, 'uv');
  const uv = join(environment, 'bin/uv');
  if (existsSync(uv)) return uv;
  run('python3', ['-m', 'venv', environment]);
  run(join(environment, 'bin/pip'), ['install', '--quiet', 'uv==0.13.9']);
  return uv;
}

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
  return stdout;
}

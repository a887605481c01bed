import { execFileSync, spawnSync } from 'node:child_process';

const python = process.env['WENLAN_PYTHON'] ?? 'python3';

/** Why tests can't ask Python's own library; null if they can. */
export function missingInPython(module: string): string | null {
  const { status, error, stderr } = spawnSync(python, ['-c', `import ${module}`], { encoding: 'utf8' });
  if (status === 0) return null;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return `${python} can't import ${module} (${reason}); npm test installs it`;
}

/** Runs a program of Python, warnings as errors, and parses what it prints. */
export function runPython(program: string, args: readonly string[]): unknown {
  const text = execFileSync(python, ['-W', 'error', '-W', 'ignore::ResourceWarning', '-c', program, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(text);
}

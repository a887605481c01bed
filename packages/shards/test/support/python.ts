import { execFileSync, spawnSync } from 'node:child_process';

const python = process.env['WENLAN_PYTHON'] ?? 'python3';

/** Why tests can't ask Python's own library; null if they can. */
export function missingInPython(module: string): string | null {
  const { status, error, stderr } = spawnSync(python, ['-c', `import ${module}`], { encoding: 'utf8' });
  if (status === 0) return null;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return `${python} can't import ${module} (${reason})`;
}

/**
 * Runs a program of Python, warnings as errors, and parses what it prints.
 * @param imports run before warnings become errors: what the libraries warn of in each other isn't ours
 */
export function runPython(program: string, args: readonly string[], imports = ''): unknown {
  const strict = "import warnings\nwarnings.simplefilter('error')\nwarnings.simplefilter('ignore', ResourceWarning)\n";
  const text = execFileSync(python, ['-c', `${imports}\n${strict}${program}`, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return JSON.parse(text);
}

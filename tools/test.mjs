// `npm test`: installs what is missing, then runs every test. Arguments go to Vitest.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const run = (command, args, options = {}) => spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options }).status ?? 1;

if (!existsSync(join(root, 'node_modules/vitest')) && run('npm', ['ci', '--ignore-scripts']) !== 0) process.exit(1);

// An engine that is there already costs a second.
const wenlan = ['--conditions=@wenlan/source', '--import', 'tsx', 'packages/cli/src/main.ts'];
if (run('node', [...wenlan, 'engine', 'install']) !== 0) process.exit(1);

// Peers of tests: real readers of our files and a real S3 server; without Python the tests say that they were skipped and why.
const python = join(root, '.venv/bin/python');
const peers = [
  'pyarrow==26.0.1',
  'moto[server]==5.2.5',
  'duckdb==2.0.0',
  'datasets==5.2.0',
  'webdataset==1.0.2',
  'pycocoevalcap==1.2',
];
const works = () =>
  spawnSync(python, ['-c', 'import pyarrow, moto.server, duckdb, datasets, webdataset, pycocoevalcap'], { stdio: 'ignore' })
    .status === 0;
if (!works()) {
  const made = existsSync(python) || run('python3', ['-m', 'venv', '.venv']) === 0;
  if (made) run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...peers]);
}
const env = works() ? { ...process.env, WENLAN_PYTHON: python } : process.env;
process.exit(run('npx', ['vitest', 'run', ...process.argv.slice(2)], { env }));

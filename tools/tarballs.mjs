// Packs every package, checks what it exports and weighs, installs the tarballs into an empty folder outside the repository and imports each one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** A package that outgrows this holds something that nobody who installs it needs. */
const MAX_UNPACKED_KILOBYTES = 2500;
const folder = mkdtempSync(join(tmpdir(), 'wenlan-packed-'));
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const names = readdirSync(join(root, 'packages')).map(
    (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')).name,
  );
  const tarballs = JSON.parse(run('npm', ['pack', '--json', '--workspaces', '--pack-destination', folder], root)).filter(
    ({ name }) => names.includes(name),
  );
  for (const { name, filename, unpackedSize, files } of tarballs) {
    const kilobytes = Math.round(unpackedSize / 1000);
    if (kilobytes > MAX_UNPACKED_KILOBYTES)
      throw new Error(`${name} unpacks to ${kilobytes} KB, above ${MAX_UNPACKED_KILOBYTES} KB`);
    if (!files.some(({ path }) => path === 'LICENSE'))
      throw new Error(`${name} is packed without its licence: copy LICENSE into its folder`);
    run('npx', ['--no-install', 'publint', '--strict', join(folder, filename)], root);
    run('npx', ['--no-install', 'attw', '--profile', 'esm-only', '--quiet', join(folder, filename)], root);
    console.log(`${name}: ${kilobytes} KB unpacked, exports and types are sound`);
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  run('npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    ...tarballs.map(({ filename }) => `./${filename}`),
  ]);
  console.log(run('npx', ['--no-install', 'wenlan', '--help']).split('\n', 1)[0]);
  for (const name of names) {
    const exported = run('node', [
      '--input-type=module',
      '-e',
      `console.log(Object.keys(await import('${name}')).length)`,
    ]).trim();
    console.log(`${name}: ${exported} exports`);
  }
  writeFileSync(join(folder, 'use.ts'), names.map((name, index) => `export * as p${index} from '${name}';`).join('\n'));
  for (const compiler of ['typescript', '@typescript/native']) {
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
    ];
    run('node', [join(root, 'node_modules', compiler, compiler === 'typescript' ? 'bin/tsc6' : 'bin/tsc'), ...options, 'use.ts']);
    console.log(`types resolve under ${compiler}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

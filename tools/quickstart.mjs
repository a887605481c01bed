// `npm run quickstart`: installs what is missing, starts the sample web and runs `wenlan quickstart` on it. Arguments go to that.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const startedAt = performance.now();
const args = process.argv.slice(2);
const isJson = args.includes('--json');
// Standard output belongs to the result.
const quietly = { cwd: root, stdio: ['ignore', process.stderr, 'inherit'] };

if (!existsSync(join(root, 'node_modules/vitest')) && spawnSync('npm', ['ci', '--ignore-scripts'], quietly).status !== 0) {
  process.exit(1);
}
const fromSource = ['--conditions=@wenlan/source', '--import', import.meta.resolve('tsx')];
const wenlan = [...fromSource, join(root, 'packages/cli/src/main.ts')];
if (spawnSync('node', [...wenlan, 'engine', 'install'], quietly).status !== 0) process.exit(1);
const installSeconds = (performance.now() - startedAt) / 1000;

const needsWeb = !args.includes('--site') && !args.includes('--help');
const web = needsWeb ? await startSampleWeb() : undefined;
const connections = Object.entries(web?.connectTo ?? {}).flatMap(([host, address]) => ['--connect-to', `${host}=${address}`]);
const line = spawn('node', [...wenlan, 'quickstart', ...args, ...connections], {
  stdio: ['inherit', isJson ? 'pipe' : 'inherit', 'inherit'],
});
// Ctrl-C reaches the child by itself; it ends in order, and then this ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && line.kill(signal));

let output = '';
line.stdout?.on('data', (chunk) => (output += chunk));
const [status] = await once(line, 'close');
const webMegabytes = web === undefined ? 0 : peakMegabytes(web.child.pid);
web?.child.kill();
if (isJson && status === 0) {
  const result = JSON.parse(output);
  result.seconds = { install: installSeconds, ...result.seconds };
  result.peakRssMegabytes += webMegabytes;
  console.log(JSON.stringify(result));
} else {
  process.stdout.write(output);
}
if (!isJson && status === 0) {
  console.log(`installing ${installSeconds.toFixed(0)} s, all ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}
process.exitCode = status ?? 1;

async function startSampleWeb() {
  const child = spawn('node', [...fromSource, join(root, 'tools/sample-web/src/main.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C is for the crawler: the web ends when its standard input does.
    detached: true,
  });
  const [first] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'close').then(() => [undefined])]);
  if (first === undefined) {
    console.error('The sample web did not start; see what it said above.');
    process.exit(1);
  }
  return { child, ...JSON.parse(first) };
}

/** Highest resident set of a process so far; 0 where the system doesn't tell. */
function peakMegabytes(pid) {
  try {
    return Math.round((Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6);
  } catch {
    return 0;
  }
}

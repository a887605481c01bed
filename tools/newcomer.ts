// `npm run newcomer`: the newcomer's path. Publishes every package to a registry on this machine, installs the command from it into an
// empty folder, pastes the commands of the tutorial one after another, on the sample web, and ends with a search that works.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startSampleWeb } from '@wenlan/sample-web';
import { parse } from 'yaml';
import { guideCommands } from './guide-commands.ts';
import { startLocalRegistry } from './local-registry.ts';

const MAX_MINUTES = 15;
/** Recall at 10 beside chance, from which on a model trained for minutes counts as one that searches. */
const MIN_TIMES_CHANCE = 5;
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '400' },
    guide: { type: 'string', default: join(root, 'docs/guides/tutorial.md') },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say('Building and publishing the packages to a registry on this machine …');
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
execFileSync('npx', ['tsc', '-b', ...packages], { cwd: root, stdio: 'inherit' });
const folder = await mkdtemp(join(tmpdir(), 'wenlan-newcomer-'));
const project = await mkdtemp(join(tmpdir(), 'wenlan-project-'));
/** A newcomer has no engine yet. */
const env = { WENLAN_ENGINE_DIR: join(project, '.engine'), ...process.env };
const web = await startSampleWeb({ seed: 1 });
const registry = await startLocalRegistry(folder);
try {
  const startedAt = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedAt) / 1000);
  await writeFile(join(project, '.npmrc'), registry.npmrc);
  await run('npm', ['init', '-y']);
  await run('npm', ['install', '--no-audit', '--no-fund', '@wenlan/cli']);
  say(`${seconds()} s: installed`);
  let found: string[] = [];
  let timesChance = Number.NaN;
  for (const { args } of guideCommands(values.guide)) {
    const [command] = args;
    const connections = Object.entries(web.connectTo).flatMap(([host, address]) => ['--connect-to', `${host}=${address}`]);
    const said = await run('npx', ['wenlan', ...args, ...(command === 'crawl' || command === 'retry' ? connections : [])]);
    say(`${seconds()} s: wenlan ${args.join(' ')}`);
    if (command === 'init') await writeFile(join(project, 'wenlan.yaml'), JSON.stringify(settings())); // JSON is YAML
    if (command === 'evaluate' || command === 'inspect') say(said.replaceAll(/^/gmu, '    '));
    if (command === 'evaluate') timesChance = Number(/R@10 .* ([\d.]+) × chance/u.exec(said)?.[1]);
    if (command === 'search') found = said.trim().split('\n');
  }
  say(found.map((line) => `    ${line}`).join('\n'));
  if (found.length < 10) throw new Error(`The search found ${found.length} pictures instead of 10.`);
  if (!(timesChance > MIN_TIMES_CHANCE))
    throw new Error(`Recall at 10 is ${timesChance} times chance, below ${MIN_TIMES_CHANCE}.`);
  const minutes = (performance.now() - startedAt) / 60_000;
  say(`From an empty folder to a working search: ${minutes.toFixed(1)} minutes.`);
  if (minutes > MAX_MINUTES) throw new Error(`That is above ${MAX_MINUTES} minutes.`);
} finally {
  await registry.close();
  await web.close();
  await Promise.all([folder, project].map((path) => rm(path, { recursive: true, force: true })));
}

/** What a reader writes into wenlan.yaml: here the sites, the recipe and the small model of the quickstart. */
function settings(): object {
  const { crawl, clean, train } = parse(readFileSync(join(root, 'packages/cli/configs/quickstart.yaml'), 'utf8')) as Record<
    'crawl' | 'clean' | 'train',
    object
  >;
  return { crawl, clean, train: { ...train, steps: Number(values.steps) } };
}

/** Runs a command in the reader's folder; `serve` is ended once it says where it is. @returns what it printed */
async function run(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let [said, notes] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (notes += text));
  const closed = once(child, 'close') as Promise<[number]>;
  if (args[1] === 'serve') {
    await Promise.race([once(createInterface(child.stdout), 'line'), closed]);
    process.kill(-child.pid!, 'SIGINT'); // npx and what it runs, as Ctrl-C in a terminal
  }
  const [status] = await closed;
  if (status !== 0 && args[1] !== 'serve') throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${said}${notes}`);
  return said;
}

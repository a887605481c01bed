import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineStatus } from '@wenlan/engine';
import { emptyPair, openDataset } from '@wenlan/shards';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWenlan } from '../test/support/run-wenlan.ts';

const hasEngine = (await engineStatus()).record !== undefined;
if (!hasEngine) process.stdout.write('Ranks are not tested: no engine is installed; run `wenlan engine install`.\n');

/** As small as one can be: starting processes is what takes the time. */
const MODEL = {
  side: 16,
  dim: 8,
  image: {
    backbone: {
      width: 1,
      depth: 1,
      stemChannels: 8,
      stages: [{ kernel: 3, stride: 1, expand: 1, channels: 8, repeats: 1 }],
      headChannels: 16,
      classes: 0,
    },
    regions: { grid: 2, samples: 1 },
    attention: { layers: 1, heads: 2, feedForward: 16, dropout: 0.1 },
  },
  text: {
    bert: { layers: 1, hidden: 16, heads: 2, intermediate: 32, positions: 32, dropout: 0.1, pooler: false },
    attention: { layers: 1, heads: 2, feedForward: 16, dropout: 0.1 },
  },
};
const SETTINGS = {
  steps: 18,
  batchSize: 8,
  queueSize: 16,
  augment: 'none',
  checkpointEverySteps: 3,
  textBuckets: [16],
  vocabulary: { minCount: 1 },
  model: MODEL,
};

interface Running {
  child: ChildProcess;
  /** Resolves once standard error has this. */
  says(text: string): Promise<void>;
  finished: Promise<{ status: number | null; out: string; err: string }>;
}

let folder: string;
const at = (name: string): string => join(folder, name);

/** Runs the command in processes of its own, as a shell would. */
function start(args: string[], environment: Record<string, string> = {}): Running {
  const main = join(import.meta.dirname, 'main.ts');
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--conditions=@wenlan/source', '--import', tsx, main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const written = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.err += text));
  const finished = once(child, 'close').then(([status]) => ({ status: status as number | null, ...written }));
  return {
    child,
    finished,
    async says(text) {
      while (!written.err.includes(text)) {
        await Promise.race([once(child.stderr, 'data'), finished]);
        if (child.exitCode !== null)
          throw new Error(`It ended with status ${child.exitCode} and never said "${text}": ${written.err}`);
      }
    },
  };
}

const train = (run: string, ...more: string[]): string[] => [
  '--json',
  '--log',
  'json',
  'train',
  '--data',
  at('clean'),
  '--out',
  at(run),
  '--config',
  at('wenlan.yaml'),
  '--workers',
  '0',
  ...more,
];

const lossesOf = async (run: string): Promise<number[]> =>
  (await readFile(at(`${run}/metrics.jsonl`), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { loss: number }).loss);

/** Ids of the ranks that a process has started. */
async function ranksOf(parent: ChildProcess): Promise<number[]> {
  const text = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
  return text.trim().split(' ').map(Number);
}

/** Waits until a process has ended, whether or not somebody has asked for its status. */
async function gone(id: number): Promise<void> {
  for (;;) {
    const state = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => 'Z');
    if (state.split(') ').at(-1)!.startsWith('Z')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const sentencesOf = (err: string): string[] =>
  err
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('{'));

describe.skipIf(!hasEngine || !existsSync('/proc/self/task'))('train on several ranks', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-ranks-'));
    const writer = await openDataset(at('clean'), { stage: 'clean', recipe: {} });
    const rows = await Promise.all(
      Array.from({ length: 32 }, async (_, index) => {
        const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 53) % 256 };
        const image = await sharp({ create: { width: 24, height: 24, channels: 3, background } })
          .png()
          .toBuffer();
        return emptyPair({
          id: `pair-${String(index).padStart(2, '0')}`,
          source: 'local',
          outcome: 'ok',
          image,
          mime: 'image/png',
          width: 24,
          height: 24,
          texts: [{ kind: 'caption', text: `第${index % 7}种颜色` }],
        });
      }),
    );
    await writer.append(rows, 'train');
    await writer.finish();
    await writer.close();
    await writeFile(at('wenlan.yaml'), JSON.stringify({ seed: 1, train: SETTINGS }));
    await writeFile(at('odd.yaml'), JSON.stringify({ seed: 1, train: { ...SETTINGS, batchSize: 9, queueSize: 18 } }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('prints what one process would, and goes on where a rank was killed, to the same losses', async () => {
    const whole = await start(train('whole', '--world-size', '2')).finished;
    expect({ ...whole, err: sentencesOf(whole.err) }).toMatchObject({ status: 0, err: [] });
    expect(JSON.parse(whole.out)).toMatchObject({ run: at('whole'), steps: 18 });

    const torn = start(train('torn', '--world-size', '2'));
    await torn.says('"done":4');
    const [, second] = await ranksOf(torn.child);
    process.kill(second!, 'SIGKILL');
    const { status, out, err } = await torn.finished;
    expect({ status, out, err: sentencesOf(err) }).toEqual({
      status: 1,
      out: '',
      err: [
        'Rank 1 was killed, as happens when memory runs out; run the same command again to go on from the newest checkpoint.',
      ],
    });

    const stopped = start(train('torn', '--world-size', '2'));
    await stopped.says('"done":7');
    const ranks = await ranksOf(stopped.child);
    stopped.child.kill('SIGINT');
    const interrupted = await stopped.finished;
    expect(interrupted).toMatchObject({ status: 130, out: '' });
    expect(sentencesOf(interrupted.err)).toEqual(['Interrupted; run the same command again to go on from here.']);
    for (const rank of ranks) expect(existsSync(`/proc/${rank}`)).toBe(false);

    const again = await start(train('torn', '--world-size', '2')).finished;
    expect(again).toMatchObject({ status: 0 });
    expect(await lossesOf('torn')).toEqual(await lossesOf('whole'));
    const last = 'checkpoints/step-00000018';
    for (const file of await readdir(at(`whole/${last}`))) {
      expect((await readFile(at(`torn/${last}/${file}`))).equals(await readFile(at(`whole/${last}/${file}`)))).toBe(true);
    }
  });

  it('runs as one rank where the environment says so, of which the first one prints', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const shared = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port) };
    const [first, second] = await Promise.all([
      start(train('torchrun'), { ...shared, RANK: '0', WORLD_SIZE: '2' }).finished,
      start(train('nowhere'), { ...shared, SLURM_PROCID: '1', SLURM_NTASKS: '2' }).finished,
    ]);
    expect(JSON.parse(first.out)).toMatchObject({ run: at('torchrun'), steps: 18 });
    expect(second).toEqual({ status: 0, out: '', err: '' });
    expect(await readdir(at('nowhere'))).toEqual(['programs']);
  });

  it('ends by one sentence and the status of the rank that fails, and with the process that started it', async () => {
    const odd = await start([...train('odd', '--world-size', '2'), '--config', at('odd.yaml')]).finished;
    expect({ status: odd.status, out: odd.out }).toEqual({ status: 2, out: '' });
    expect(sentencesOf(odd.err)).toEqual([
      "train.batchSize is 9, which 2 ranks can't share; set it to 10, the nearest that they can.",
    ]);

    const orphaned = start(train('orphaned', '--world-size', '2'));
    await orphaned.says('"done":1');
    const ranks = await ranksOf(orphaned.child);
    orphaned.child.kill('SIGKILL');
    for (const rank of ranks) await gone(rank);
  });

  it('refuses what is no number of processes', async () => {
    expect(await runWenlan(...train('none', '--world-size', '0'))).toMatchObject({
      status: 2,
      err: '--world-size is 0; give the number of processes that train, from 1.\n',
    });
  });
});

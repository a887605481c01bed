import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_QUEUE_SIZE, readMetrics } from '@wenlan/model';
import { writeAtomically } from '@wenlan/shards';
import type { CommandContext } from '../command-context.ts';
import type { CompareConfig, ConditionConfig, SystemConfig } from './compare-config.ts';
import { trainInChild } from './train-in-child.ts';

/** One run of the comparison. */
export interface PlannedRun {
  system: SystemConfig;
  condition: ConditionConfig;
  seed: number;
  /** Folder of the run. */
  out: string;
}

/** Every run in the order in which it is trained: seed by seed, so that a comparison that is stopped has whole seeds. */
export function plannedRuns({ systems, conditions, seeds, out }: CompareConfig): PlannedRun[] {
  const all = [...new Set([...seeds, ...systems.flatMap((system) => system.seeds ?? [])])];
  return all.flatMap((seed) =>
    conditions.flatMap((condition) =>
      systems
        .filter(
          (system) => (system.seeds ?? seeds).includes(seed) && (system.conditions ?? [condition.name]).includes(condition.name),
        )
        .map((system) => ({
          system,
          condition,
          seed,
          out: join(out, 'runs', `${slug(system.name)}--${slug(condition.name)}--${seed}`),
        })),
    ),
  );
}

/** The trainer's settings of a run, but for what the budget decides. */
export function settingsOf(
  { train }: CompareConfig,
  { system, condition }: Pick<PlannedRun, 'system' | 'condition'>,
): Record<string, unknown> {
  const queue = system.queueSize === undefined ? {} : { queueSize: system.queueSize };
  return { keepBest: true, ...train, ...condition.train, ...system.train, ...queue };
}

/** What the budget makes of a system, measured once and kept in `plan.json`. */
type Plan = Record<string, Record<string, number>>;

const PROBE_STEPS = 12;
const LARGEST_BATCH = 512;

/** Steps, or batch size and steps, that the budget gives a system; probes are trained where it takes a measurement. */
export async function budgetOf(config: CompareConfig, run: PlannedRun, context: CommandContext): Promise<Record<string, number>> {
  const { budget } = config;
  if (!('seconds' in budget) && !('memoryMegabytes' in budget)) return { steps: budget.steps };
  const file = join(config.out, 'plan.json');
  const plan = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Plan;
  const known = plan[run.system.name];
  if (known !== undefined) return known;
  const found = 'seconds' in budget ? await stepsWithin(budget.seconds) : await batchWithin(budget);
  await mkdir(config.out, { recursive: true });
  await writeAtomically(file, (handle) =>
    handle.writeFile(`${JSON.stringify({ ...plan, [run.system.name]: found }, null, 2)}\n`),
  );
  return found;

  async function probe(
    settings: Record<string, unknown>,
    name: string,
  ): Promise<{ secondsAStep: number; peakMegabytes: number }> {
    const out = join(config.out, 'probes', `${slug(run.system.name)}-${name}`);
    const own: Record<string, unknown> = {
      ...settingsOf(config, run),
      keepBest: false,
      validateEverySteps: 1_000_000,
      steps: PROBE_STEPS,
      ...settings,
    };
    await trainInChild({ data: config.data, out, seed: run.seed, train: own }, context);
    const metrics = await readMetrics(join(out, 'metrics.jsonl'));
    const later = metrics.slice(PROBE_STEPS / 2); // the first ones capture programs
    const batchSize = Number(own['batchSize'] ?? 32);
    return {
      secondsAStep: later.reduce((sum, { samplesPerSecond }) => sum + batchSize / samplesPerSecond, 0) / later.length,
      peakMegabytes: metrics.reduce((peak, { residentMegabytes }) => Math.max(peak, residentMegabytes), 0),
    };
  }

  async function stepsWithin(seconds: number): Promise<Record<string, number>> {
    const { secondsAStep } = await probe({}, 'seconds');
    return { steps: Math.max(1, Math.floor(seconds / secondsAStep)) };
  }

  async function batchWithin({
    memoryMegabytes,
    steps,
  }: {
    memoryMegabytes: number;
    steps: number;
  }): Promise<Record<string, number>> {
    let batchSize = 4;
    while (batchSize < LARGEST_BATCH) {
      const next = 2 * batchSize;
      const queueSize = roundUp(Number(settingsOf(config, run)['queueSize'] ?? DEFAULT_QUEUE_SIZE), next);
      const { peakMegabytes } = await probe({ batchSize: next, queueSize }, `batch-${next}`);
      if (peakMegabytes > memoryMegabytes) break;
      batchSize = next;
    }
    return {
      steps,
      batchSize,
      queueSize: roundUp(Number(settingsOf(config, run)['queueSize'] ?? DEFAULT_QUEUE_SIZE), batchSize),
    };
  }
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

function slug(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}.]+/gu, '-').toLowerCase();
}

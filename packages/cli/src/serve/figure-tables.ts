import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Comparison, type RetrievalResult, summarizeRuns } from '@wenlan/evaluation';
import type { Figure, FigureTable } from '@wenlan/studio';
import { readJson } from '../read-json.ts';

const DIRECTIONS = ['i2t', 't2i'] as const;
const EVALUATION = /^evaluation-(?<split>[a-z]+)\.json$/u;

/**
 * What `wenlan run` and `wenlan evaluate` found of runs, a table for each split, and the tables of `wenlan compare`.
 * @param runs folders of runs and their names
 * @param comparisons folders in which a comparison.json lies
 * @throws UsageError naming a file that is no JSON
 */
export async function figureTables(
  runs: readonly { name: string; folder: string }[],
  comparisons: readonly string[],
): Promise<FigureTable[]> {
  const bySplit = new Map<string, { name: string; retrieval: RetrievalResult }[]>();
  for (const { name, folder } of runs) {
    for (const file of await readdir(folder)) {
      const split = EVALUATION.exec(file)?.groups?.['split'];
      if (split === undefined) continue;
      const { evaluation } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
        evaluation: { retrieval: RetrievalResult };
      };
      bySplit.set(split, [...(bySplit.get(split) ?? []), { name, retrieval: evaluation.retrieval }]);
    }
  }
  const compared = await Promise.all(
    comparisons.map(async (folder) => comparisonTable((await readJson(join(folder, 'comparison.json'))) as Comparison)),
  );
  return [...[...bySplit].map(([split, lines]) => recallTable(split, lines)), ...compared];
}

function recallTable(split: string, lines: readonly { name: string; retrieval: RetrievalResult }[]): FigureTable {
  const figures = lines.map(({ name, retrieval }) => ({ name, figures: recallFigures(retrieval) }));
  const [{ retrieval }] = lines as [(typeof lines)[number]];
  const { directions, recallRule, tieRule, captionPolicy } = retrieval.conditions;
  const galleries = lines.map(({ name, retrieval: { conditions } }) => `${name}: ${conditions.images} × ${conditions.texts}`);
  const chance = DIRECTIONS.flatMap((direction) =>
    retrieval[direction].recall.map(({ k, chance: percent }) => `${direction} R@${k} ${percent.toFixed(2)}`),
  );
  return {
    title: `Recall, split ${split}`,
    columns: [...new Set(figures.flatMap((line) => Object.keys(line.figures)))],
    lines: figures,
    notes: {
      i2t: directions.i2t,
      t2i: directions.t2i,
      'pictures × texts': galleries.join('; '),
      chance: chance.join(', '),
      recall: recallRule,
      ties: tieRule,
      captions: captionPolicy,
    },
  };
}

function recallFigures(retrieval: RetrievalResult): Record<string, Figure> {
  const recall = DIRECTIONS.flatMap((direction) =>
    retrieval[direction].recall.map(({ k, percent, interval }) => [`${direction} R@${k}`, figureOf(percent, interval)] as const),
  );
  return { ...Object.fromEntries(recall), MR6: { value: retrieval.MR6 } };
}

/** Means over seeds; published figures stay out, as they are of other data. */
function comparisonTable({ title, runs, missing, footer }: Comparison): FigureTable {
  const systems = summarizeRuns(runs);
  return {
    title,
    columns: [...new Set(systems.flatMap(({ figures }) => [...figures.keys()]))],
    lines: systems.map(({ system, condition, seeds, figures }) => ({
      name: `${system}, ${condition}, ${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`,
      figures: Object.fromEntries([...figures].map(([name, { mean, interval }]) => [name, figureOf(mean, interval)])),
    })),
    notes: { ...footer, ...(missing.length > 0 && { 'not trained yet': missing.join('; ') }) },
  };
}

const figureOf = (value: number, interval: { low: number; high: number } | null): Figure =>
  interval === null ? { value } : { value, low: interval.low, high: interval.high };

import type { RecallAtK, RetrievalResult } from '@wenlan/evaluation';

/** R@K of both directions for a person. */
export function recallLines(result: RetrievalResult): string[] {
  return (['i2t', 't2i'] as const).flatMap((direction) => result[direction].recall.map((recall) => lineOf(direction, recall)));
}

function lineOf(direction: string, { k, percent, interval, chance, timesChance }: RecallAtK): string {
  const range = interval === null ? '' : ` [${interval.low.toFixed(1)}, ${interval.high.toFixed(1)}]`;
  return `${direction} R@${k} ${percent.toFixed(1)} %${range}, chance ${chance.toFixed(2)} %, ${timesChance.toFixed(1)} × chance`;
}

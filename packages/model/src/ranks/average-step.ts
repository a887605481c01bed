import type { Group, tf } from '@wenlan/engine';
import type { Parameter } from '../optimizer/optimizer.ts';

/** What the ranks have each computed for themselves. */
export interface StepShare {
  /** By parameter name. */
  gradients: Record<string, tf.Tensor>;
  /** The loss and its parts. */
  report: tf.Tensor1D; // [1 + parts]
  /** Running statistics that the passes moved. */
  statistics: readonly Parameter[];
}

/**
 * Means over the ranks, of gradients and report as a result, of running statistics in place: afterwards all ranks hold the same bits.
 * @param bfloat16 whether gradients travel so; a mean of statistics, which move by less than that can hold, never does
 */
export function averageStep(
  group: Group,
  { gradients, report, statistics }: StepShare,
  { bfloat16 }: { bfloat16: boolean },
): Pick<StepShare, 'gradients' | 'report'> {
  if (group.size === 1) return { gradients, report };
  const names = Object.keys(gradients);
  const rough = Object.values(gradients);
  const exact = [report, ...statistics.map(({ variable }) => variable)];
  const means = bfloat16 ? [...group.mean(rough, { bfloat16 }), ...group.mean(exact)] : group.mean([...rough, ...exact]);
  const [reportMean, ...statisticMeans] = means.slice(names.length) as [tf.Tensor1D, ...tf.Tensor[]];
  for (const [index, { variable }] of statistics.entries()) variable.assign(statisticMeans[index]!);
  return { gradients: Object.fromEntries(names.map((name, index) => [name, means[index]!])), report: reportMean };
}

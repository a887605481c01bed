/** How the learning rate goes over a run. */
export interface Schedule {
  kind: 'cosine' | 'step' | 'constant';
  /** The highest rate, reached at the end of the warm-up. */
  learningRate: number;
  warmupSteps: number;
  /** The length of the whole run in steps. */
  steps: number;
  /** Of `step`: after how many steps the rate falls, ascending, and by which factor each time. */
  milestones?: readonly number[] | undefined;
  milestoneFactor?: number | undefined;
}

const DEFAULT_MILESTONE_FACTOR = 0.1;

/** The learning rate of a step; steps count from 0. The cosine ends at 0 after the last step. */
export function learningRateAt(step: number, schedule: Schedule): number {
  const { kind, learningRate, warmupSteps, steps, milestones = [], milestoneFactor = DEFAULT_MILESTONE_FACTOR } = schedule;
  // 1) linear warm-up
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  // 2) constant, or as many falls as there were milestones
  if (kind === 'constant') return learningRate;
  if (kind === 'step') return learningRate * milestoneFactor ** milestones.filter((milestone) => step >= milestone).length;
  // 3) half a cosine down to 0
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}

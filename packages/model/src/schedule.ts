/** How the learning rate goes over a run. */
export interface Schedule {
  kind: 'cosine' | 'constant';
  /** The highest rate, reached at the end of the warm-up. */
  learningRate: number;
  warmupSteps: number;
  /** The length of the whole run in steps. */
  steps: number;
}

/** The learning rate of a step; steps count from 0. The cosine ends at 0 after the last step. */
export function learningRateAt(step: number, { kind, learningRate, warmupSteps, steps }: Schedule): number {
  // 1) linear warm-up
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  // 2) constant
  if (kind === 'constant') return learningRate;
  // 3) half a cosine down to 0
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  return learningRate * 0.5 * (1 + Math.cos(Math.PI * progress));
}

/** How far a score may be from where the rule would have dropped: a fifth, or one where scores are counts. */
const NEAR = 0.2;

/** Whether a rule that keeps a score would drop one a little lower or higher. */
export function isNearMiss(score: number, keep: (score: number) => boolean): boolean {
  if (Number.isNaN(score)) return false;
  const step = Number.isInteger(score) ? Math.max(1, Math.round(Math.abs(score) * NEAR)) : Math.abs(score) * NEAR;
  return !keep(score - step) || !keep(score + step);
}

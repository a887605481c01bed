/** How far a score may be from where the rule would have dropped: a fifth, or one where scores are counts. */
const NEAR = 0.2;
/** Below it a whole number may as well be a share, of which 0 and 1 are the ends. */
const SMALLEST_COUNT = 2;

/** Whether a rule that keeps a score would drop one a little lower or higher. */
export function isNearMiss(score: number, keep: (score: number) => boolean): boolean {
  if (Number.isNaN(score)) return false;
  const near = Math.abs(score) * NEAR;
  const isCount = Number.isInteger(score) && Math.abs(score) >= SMALLEST_COUNT;
  const step = isCount ? Math.max(1, Math.round(near)) : near;
  return !keep(score - step) || !keep(score + step);
}

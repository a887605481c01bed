import type { Group } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import { firstDifference } from '../run-record.ts';
import { onEveryRank } from './on-every-rank.ts';

/**
 * Makes sure that all ranks were given the same.
 * @param given must survive JSON
 * @throws UserError on every rank, naming the first rank and key that differ
 */
export async function checkAlike(group: Group, given: () => Promise<object>): Promise<void> {
  if (group.size === 1) return;
  const [first, ...others] = await onEveryRank(group, given);
  for (const [index, other] of others.entries()) {
    const difference = firstDifference(other, first, '');
    if (difference === undefined) continue;
    throw new UserError(
      'RANKS_DIFFER',
      `Rank ${index + 1} was given ${difference} as rank 0; start all ranks with the same settings on the same data.`,
    );
  }
}

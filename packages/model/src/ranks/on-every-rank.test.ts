import { setTimeout as sleep } from 'node:timers/promises';
import { ALONE, type Group } from '@wenlan/engine';
import { UserError } from '@wenlan/shards';
import { describe, expect, it } from 'vitest';
import { onEveryRank, onFirstRank } from './on-every-rank.ts';

/** Ranks within this process: each exchange waits for all of them. */
function groupsOf(size: number): { groups: Group[]; exchanges: () => number } {
  let exchanges = 0;
  let come: { rank: number; own: Uint8Array; answer: (all: Uint8Array[]) => void }[] = [];
  const gatherBytes = (rank: number, own: Uint8Array): Promise<Uint8Array[]> =>
    new Promise((answer) => {
      come.push({ rank, own, answer });
      if (come.length < size) return;
      const all = come.toSorted((left, right) => left.rank - right.rank).map(({ own: bytes }) => bytes);
      for (const { answer: tell } of come) tell(all);
      come = [];
      exchanges++;
    });
  const groups = Array.from({ length: size }, (_, rank) => ({
    ...ALONE,
    rank,
    size,
    gatherBytes: (own: Uint8Array) => gatherBytes(rank, own),
  }));
  return { groups, exchanges: () => exchanges };
}

describe(onEveryRank, () => {
  it('tells each rank what came of it on all, and the first one nothing when it is alone', async () => {
    const { groups, exchanges } = groupsOf(3);
    const work = (group: Group) => onEveryRank(group, async () => ({ rank: group.rank, none: null }));
    const all = [0, 1, 2].map((rank) => ({ rank, none: null }));
    expect(await Promise.all(groups.map(work))).toEqual([all, all, all]);
    expect(exchanges()).toBe(1);
    expect(await onEveryRank(ALONE, async () => 5n)).toEqual([5n]); // as it is, not as JSON
  });

  it('meets again and again while one of them works', async () => {
    const { groups, exchanges } = groupsOf(2);
    const slowly = (group: Group) =>
      onEveryRank(group, async () => sleep(group.rank === 0 ? 80 : 0, `rank ${group.rank}`), { roundMillis: 5 });
    expect(await Promise.all(groups.map(slowly))).toEqual([
      ['rank 0', 'rank 1'],
      ['rank 0', 'rank 1'],
    ]);
    expect(exchanges()).toBeGreaterThan(1);
  });

  it('stops all where one fails, which throws its own error', async () => {
    const { groups } = groupsOf(3);
    const thrown = new UserError('DISK', 'The disk of rank 1 is full.');
    const failing = (group: Group) => onEveryRank(group, async () => (group.rank === 1 ? Promise.reject(thrown) : 'well'));
    const results = await Promise.allSettled(groups.map(failing));
    const reasons = results.map((result) => (result as PromiseRejectedResult).reason as Error);
    expect(reasons[1]).toBe(thrown);
    for (const rank of [0, 2]) {
      expect(reasons[rank]).toMatchObject({
        name: 'RankStopped',
        message: 'Rank 1 has stopped: The disk of rank 1 is full.',
        exitStatus: 2,
      });
    }
  });
});

describe(onFirstRank, () => {
  it('works on rank 0 alone and tells the others', async () => {
    const { groups } = groupsOf(2);
    const worked: number[] = [];
    const work = (group: Group) =>
      onFirstRank(group, async () => {
        worked.push(group.rank);
        return { step: 7 };
      });
    expect(await Promise.all(groups.map(work))).toEqual([{ step: 7 }, { step: 7 }]);
    expect(worked).toEqual([0]);
  });
});

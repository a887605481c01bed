import type { Membership } from './membership.ts';

/** TensorFlow's collectives are a matter of the whole process: it is in one group at most. */
let joined: Membership | undefined;

export function setJoined(membership: Membership): void {
  joined = membership;
}

/** Whether this process has joined a group, or had. */
export function hasJoined(): boolean {
  return joined !== undefined;
}

/** Of the group that this process has joined; [0, 1] without one. */
export function rankAndSize(): [rank: number, size: number] {
  return joined === undefined ? [0, 1] : [joined.rank, joined.size];
}

/** Keys by which TensorFlow finds the same operations on the other ranks. @param signatures of the operations of one program */
export function collectiveKeys(signatures: readonly string[]): number[] {
  const seen = new Map<string, number>();
  return signatures.map((signature) => {
    const occurrence = seen.get(signature) ?? 0;
    seen.set(signature, occurrence + 1);
    return memberOf().keyOf(signature, occurrence);
  });
}

/** Runs what waits for the other ranks. @throws GroupError when they can't come */
export function together<T>(work: () => T): T {
  return memberOf().together(work);
}

/** Runs what waits for the other ranks, after what was asked for before. @throws GroupError when they can't come */
export function togetherAsync<T>(work: () => Promise<T>): Promise<T> {
  return memberOf().togetherAsync(work);
}

function memberOf(): Membership {
  if (joined === undefined) throw new Error('A step in which ranks exchange tensors runs in a process that has joined no group.');
  return joined;
}

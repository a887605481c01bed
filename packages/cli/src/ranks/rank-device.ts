import { readdirSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';
import type { RankPlace } from './rank-place.ts';

/**
 * What CUDA_VISIBLE_DEVICES has to be so that each rank of a machine has a GPU of its own; undefined where it is right as it is, as with one
 * that the launcher chose.
 * @param visible what it is
 * @param gpus how many the machine has
 * @throws UsageError where there are fewer GPUs than ranks
 */
export function rankDevice(
  { localRank, localSize }: Pick<RankPlace, 'localRank' | 'localSize'>,
  visible: string | undefined,
  gpus: number,
): string | undefined {
  const devices = visible?.split(',').filter((device) => device !== '') ?? Array.from({ length: gpus }, (_, index) => `${index}`);
  if (localRank === undefined || devices.length === 0) return undefined;
  if (visible !== undefined && devices.length === 1) return undefined;
  const device = devices[localRank];
  if (device !== undefined && localSize <= devices.length) return device;
  throw new UsageError(
    'RANK_DEVICE',
    `${Math.max(localSize, localRank + 1)} ranks on this machine have ${devices.length} GPUs (${devices.join(', ')}); start as many ranks as GPUs, or set CUDA_VISIBLE_DEVICES to "" to train on processors.`,
  );
}

/** NVIDIA's driver lists its GPUs there. */
export function countGpus(folder = '/proc/driver/nvidia/gpus'): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0; // no driver
  }
}

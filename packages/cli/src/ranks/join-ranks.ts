import { availableParallelism } from 'node:os';
import { engineStatus, type Group, joinGroup, meetRanks } from '@wenlan/engine';
import type { CommandContext } from '../command-context.ts';
import { countGpus, rankDevice } from './rank-device.ts';
import type { RankPlace } from './rank-place.ts';

/**
 * Takes this process's share of the machine and joins it with the other ranks.
 * @param timeoutSeconds a rank that hasn't answered for so long is taken for lost
 * @throws as `meetRanks` and `joinGroup`
 */
export async function joinRanks(place: RankPlace, timeoutSeconds: number, { signal, reporter }: CommandContext): Promise<Group> {
  await shareMachine(place);
  const { rank, size } = place;
  reporter.note(`Rank ${rank} of ${size}; the others are waited for.`);
  const addresses = await meetRanks({ ...place, signal });
  return joinGroup({ addresses, rank, timeoutSeconds, signal, onWarning: (sentence) => reporter.note(sentence) });
}

/** TensorFlow reads both when the engine is loaded. */
async function shareMachine(place: RankPlace): Promise<void> {
  if (place.localSize > 1) {
    const threads = Math.max(1, Math.floor(availableParallelism() / place.localSize));
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  }
  const { record } = await engineStatus();
  const device = record?.cuda === false ? undefined : rankDevice(place, process.env['CUDA_VISIBLE_DEVICES'], countGpus());
  if (device !== undefined) process.env['CUDA_VISIBLE_DEVICES'] = device;
}

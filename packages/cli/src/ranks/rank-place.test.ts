import { describe, expect, it } from 'vitest';
import { rankDevice } from './rank-device.ts';
import { rankPlace } from './rank-place.ts';

describe(rankPlace, () => {
  it('is none in a process that nobody started as one of several', () => {
    expect(rankPlace({})).toBeUndefined();
    expect(rankPlace({ RANK: '0', WORLD_SIZE: '1' })).toBeUndefined();
    expect(rankPlace({ SLURM_PROCID: '0', SLURM_NTASKS: '1' })).toBeUndefined();
    expect(rankPlace({ SLURM_NTASKS: '4' })).toBeUndefined(); // in a shell of an allocation
  });

  it('is read as torchrun and Kubernetes set it', () => {
    const shared = { RANK: '3', WORLD_SIZE: '4', MASTER_ADDR: 'master-0', SLURM_PROCID: '1', SLURM_NTASKS: '9' };
    const place = { rank: 3, size: 4, host: 'master-0', port: 29_500, localRank: undefined, localSize: 1 };
    expect(rankPlace(shared)).toEqual(place);
    expect(rankPlace({ ...shared, MASTER_PORT: '23456', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' })).toEqual({
      ...place,
      port: 23_456,
      localRank: 1,
      localSize: 2,
    });
  });

  it('leaves torchrun the port on which it listens', () => {
    const torchrun = { RANK: '1', WORLD_SIZE: '2', MASTER_ADDR: 'localhost', MASTER_PORT: '38919' };
    expect(rankPlace({ ...torchrun, TORCHELASTIC_USE_AGENT_STORE: 'True' })).toMatchObject({ host: 'localhost', port: 38_920 });
  });

  it('is read as Slurm sets it', () => {
    const slurm = { SLURM_PROCID: '2', SLURM_NTASKS: '4', SLURM_LOCALID: '0', SLURM_NTASKS_PER_NODE: '2', MASTER_ADDR: 'node1' };
    expect(rankPlace(slurm)).toEqual({ rank: 2, size: 4, host: 'node1', port: 29_500, localRank: 0, localSize: 2 });
  });

  it.each([
    [{ RANK: '0' }, "RANK is set, but WORLD_SIZE isn't; set both, or neither to train in one process."],
    [{ RANK: 'one', WORLD_SIZE: '2' }, 'RANK is "one"; set it to a whole number.'],
    [{ RANK: '2', WORLD_SIZE: '2' }, 'RANK is "2"; set it to a rank of 2, from 0 to 1.'],
    [{ RANK: '1', WORLD_SIZE: '-2' }, 'WORLD_SIZE is "-2"; set it to a whole number.'],
    [{ RANK: '1', WORLD_SIZE: '2' }, "This is rank 1 of 2 (RANK), but MASTER_ADDR isn't set; set it to the machine of rank 0."],
    [
      { SLURM_PROCID: '1', SLURM_NTASKS: '2' },
      'This is rank 1 of 2 (SLURM_PROCID), but MASTER_ADDR isn\'t set; set it to the machine of rank 0, as by `export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)` before srun.',
    ],
    [
      { RANK: '1', WORLD_SIZE: '2', MASTER_ADDR: 'a', MASTER_PORT: '70000' },
      'MASTER_PORT is "70000"; set it to a port, from 1 to 65535.',
    ],
  ])('refuses %j', (environment, sentence) => {
    expect(() => rankPlace(environment)).toThrow(
      expect.objectContaining({ message: sentence, code: 'RANK_ENVIRONMENT', exitStatus: 2 }) as Error,
    );
  });
});

describe(rankDevice, () => {
  it('gives each rank of a machine a GPU of its own', () => {
    const second = { localRank: 1, localSize: 2 };
    expect(rankDevice(second, undefined, 4)).toBe('1');
    expect(rankDevice(second, '6,7', 8)).toBe('7');
    expect(rankDevice(second, 'GPU-5f,GPU-80', 8)).toBe('GPU-80');
  });

  it('leaves alone what the launcher chose, a machine without GPUs, and ranks that share none', () => {
    expect(rankDevice({ localRank: 1, localSize: 2 }, '3', 8)).toBeUndefined();
    expect(rankDevice({ localRank: 1, localSize: 2 }, '', 8)).toBeUndefined();
    expect(rankDevice({ localRank: 1, localSize: 2 }, undefined, 0)).toBeUndefined();
    expect(rankDevice({ localRank: undefined, localSize: 1 }, undefined, 8)).toBeUndefined();
  });

  it('refuses more ranks than GPUs', () => {
    const mend = 'start as many ranks as GPUs, or set CUDA_VISIBLE_DEVICES to "" to train on processors.';
    expect(() => rankDevice({ localRank: 0, localSize: 4 }, undefined, 2)).toThrow(
      `4 ranks on this machine have 2 GPUs (0, 1); ${mend}`,
    );
    expect(() => rankDevice({ localRank: 1, localSize: 2 }, undefined, 1)).toThrow(
      `2 ranks on this machine have 1 GPUs (0); ${mend}`,
    );
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Measurements } from './measurements.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-measurements-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe(Measurements, () => {
  it('adds up what a stage needed in all runs, and leaves out the look at what is done', async () => {
    const file = join(folder, 'measurements.json');
    let millis = 0;
    const after = (seconds: number, result: string) => async (): Promise<string> => {
      millis += 1000 * seconds;
      if (result === 'stopped') throw new Error(result);
      return result;
    };
    const first = await Measurements.open(file, () => millis);
    await first.measure('crawl', false, after(20, 'pages'));
    await expect(first.measure('train', false, after(30, 'stopped'))).rejects.toThrow('stopped');
    const second = await Measurements.open(file, () => millis);
    await second.measure('crawl', true, after(1, 'pages'));
    expect(await second.measure('train', false, after(12, 'run'))).toBe('run');
    expect(second.total).toEqual({ crawl: 20, train: 42 });
    expect(second.now).toEqual({ crawl: 1, train: 12 });
    expect(second.peakRssMegabytes).toBeGreaterThanOrEqual(first.peakRssMegabytes);
    expect(first.peakRssMegabytes).toBeGreaterThan(0);
  });
});

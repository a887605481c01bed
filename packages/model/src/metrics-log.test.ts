import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MetricsLog, readMetrics, type StepMetrics } from './metrics-log.ts';

const line = (step: number, loss: number): StepMetrics => ({ step, loss }) as StepMetrics;

describe(MetricsLog, () => {
  it('goes on at a step, without what a killed run wrote of it and later', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'wenlan-metrics-')), 'metrics.jsonl');
    const first = await MetricsLog.open(file, 0);
    for (const step of [1, 2, 3]) await first.write(line(step, step / 2));
    await first.close();
    await writeFile(file, `${await readFile(file, 'utf8')}{"step":4,"lo`);
    expect(await readMetrics(file)).toHaveLength(3);

    const second = await MetricsLog.open(file, 2);
    await second.write(line(3, 7));
    await second.sync();
    await second.close();
    expect(await readMetrics(file)).toEqual([line(1, 0.5), line(2, 1), line(3, 7)]);
  });
});

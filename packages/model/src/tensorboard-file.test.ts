import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TensorBoardFile } from './tensorboard-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-tensorboard-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Without the TensorBoard package only the bytes are compared. */
const python = process.env['WENLAN_TENSORBOARD_PYTHON'];
if (python === undefined)
  process.stderr.write(
    'tensorboard-file.test.ts: TensorBoard itself reads nothing; name a Python that has it in WENLAN_TENSORBOARD_PYTHON\n',
  );

async function write(): Promise<string> {
  const file = join(folder, 'events.out.tfevents.0.wenlan');
  const events = await TensorBoardFile.create(file, () => 1_700_000_000_500);
  await events.write(1, { loss: 9.25, learningRate: 0.001 });
  await events.write(300, { loss: 7.5 });
  await events.close();
  return file;
}

describe(TensorBoardFile, () => {
  test('writes the bytes that TensorBoard writes', async () => {
    // tensorboard 2.21: RecordWriter of the same three Event messages, serialized by its own protocol buffers
    const expected = [
      '1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b3531102f000000000000006d5d',
      '1d500900002040fc54d94110012a220a0b0a046c6f737315000014410a130a0c6c6561726e696e6752617465156f12833ae2',
      'd36b0f1b000000000000001a0d9e130900002040fc54d94110ac022a0d0a0b0a046c6f7373150000f04077b9dc28',
    ].join('');
    expect((await readFile(await write())).toString('hex')).toBe(expected);
  });

  test.skipIf(python === undefined)('is read by TensorBoard', async () => {
    const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]); events.Reload()
print(json.dumps({tag: [[e.wall_time, e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}))`;
    const read = JSON.parse(execFileSync(python!, ['-c', script, await write()], { encoding: 'utf8' })) as unknown;
    expect(read).toEqual({
      loss: [
        [1_700_000_000.5, 1, 9.25],
        [1_700_000_000.5, 300, 7.5],
      ],
      learningRate: [[1_700_000_000.5, 1, expect.closeTo(0.001, 6)]],
    });
  });
});

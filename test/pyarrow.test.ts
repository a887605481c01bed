import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDrawnPairs } from './support/drawn-pairs.ts';

const python = process.env['WENLAN_PYTHON'] ?? 'python3';
const hasPyarrow = spawnSync(python, ['-c', 'import pyarrow'], { stdio: 'ignore' }).status === 0;
if (!hasPyarrow)
  process.stderr.write(`Skipped: ${python} has no pyarrow, so our shards were not read by it; npm test installs it.\n`);

const READ = `
import hashlib, json, sys, warnings
warnings.simplefilter('error')
import pyarrow.ipc
table = pyarrow.ipc.open_file(sys.argv[1]).read_all()
table.validate(full=True)
rows = table.to_pylist()
print(json.dumps({
    'rows': len(rows),
    'columns': table.schema.names,
    'captions': [row['texts'][0]['text'] for row in rows],
    'sound': all(hashlib.sha256(row['image']).digest() == row['sha256'] for row in rows),
}))
`;

describe.skipIf(!hasPyarrow)('pyarrow', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wenlan-pyarrow-'));
    await writeDrawnPairs(folder, 2);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads a shard without a warning: texts, pictures and hashes', () => {
    const read = JSON.parse(
      execFileSync(python, ['-c', READ, join(folder, 'data', 'train-00000.arrow')], { encoding: 'utf8' }),
    ) as Record<string, unknown>;
    expect(read).toMatchObject({ rows: 24, sound: true });
    expect(read['columns']).toEqual(
      expect.arrayContaining(['id', 'source', 'texts', 'image', 'sha256', 'phash', 'scores', 'outcome']),
    );
    expect(read['captions']).toContain('红色的圆形');
  });
});

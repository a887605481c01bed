import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPair, exportDataset, openDataset } from '@wenlan/shards';
import type { Pair } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picture } from './support/pictures.ts';
import { missingInPython, runPython } from './support/python.ts';
import { sampleRows } from './support/sample-rows.ts';

const missing = Object.fromEntries(
  ['pyarrow', 'duckdb', 'datasets', 'webdataset'].map((module) => {
    const reason = missingInPython(module);
    if (reason !== null) process.stderr.write(`interop.test.ts: ${module} skipped, ${reason}\n`);
    return [module, reason];
  }),
);

let folder: string;
let rows: Pair[];
let shard: string;
let parquet: string;
let tar: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-interop-'));
  rows = await Promise.all(
    sampleRows(70, 0).map(async (row, number) => {
      const image = await picture(number);
      const sha256 = new Uint8Array(createHash('sha256').update(image).digest());
      return row.image === null ? row : { ...row, image, sha256, mime: 'image/jpeg' };
    }),
  );
  rows.push(emptyPair({ id: 'empty', source: 'local', outcome: 'ok', image: new Uint8Array(0) }));
  const writer = await openDataset(join(folder, 'data'), { stage: 'test', recipe: {} });
  const [entry] = (await writer.append([...rows], 'train')).concat(await writer.flush());
  await writer.finish();
  shard = join(folder, 'data', entry!.file);
  const exported = async (format: 'parquet' | 'webdataset'): Promise<string> => {
    const { files } = await exportDataset(join(folder, 'data'), { out: join(folder, format), format });
    return join(folder, format, files[0]!.file);
  };
  [parquet, tar] = [await exported('parquet'), await exported('webdataset')];
});
afterAll(() => rm(folder, { recursive: true }));

/** What a program makes of a row: id, source, outcome, texts, score, hexadecimal sha256 of the picture. */
const expected = (): unknown[] =>
  rows.map(({ id, source, outcome, texts, scores, image }) => [
    id,
    source,
    outcome,
    texts.map(({ text }) => text),
    scores['aspect'] ?? null,
    image && createHash('sha256').update(image).digest('hex'),
  ]);

const RENDER = `
import hashlib, json
def render(rows):
    print(json.dumps([[row['id'], row['source'], row['outcome'], [text['text'] for text in row['texts']], {score['name']: score['value'] for score in row['scores']}.get('aspect'),
        None if row['image'] is None else hashlib.sha256(row['image']).hexdigest()] for row in rows]))
`;

describe.skipIf(missing['pyarrow'] !== null)('an Arrow shard', () => {
  it('is read by pyarrow, every batch valid', () => {
    const program = `${RENDER}
with pyarrow.ipc.open_file(sys.argv[1]) as reader:
    for index in range(reader.num_record_batches): reader.get_batch(index).validate(full=True)
    render(reader.read_all().to_pylist())
`;
    expect(runPython(program, [shard], 'import sys, pyarrow, pyarrow.ipc')).toEqual(expected());
  });

  it.skipIf(missing['datasets'] !== null)('is a table of datasets', () => {
    const program = `${RENDER}
with pyarrow.ipc.open_file(sys.argv[1]) as reader:
    render(datasets.Dataset(reader.read_all()))
`;
    expect(runPython(program, [shard], 'import sys, pyarrow, pyarrow.ipc, datasets')).toEqual(expected());
  });
});

describe('a Parquet file', () => {
  it.skipIf(missing['duckdb'] !== null)('is read and queried by DuckDB', () => {
    const program = `
import json
connection = duckdb.connect()
everything = connection.execute("""select id, source, outcome, list_transform(texts, lambda text: text.text), list_filter(scores, lambda score: score.name = 'aspect')[1].value, sha256(image)
    from read_parquet(?) """, [sys.argv[1]]).fetchall()
counts = connection.execute("select outcome, count(*) from read_parquet(?) where list_filter(scores, lambda score: score.name = 'aspect')[1].value > 5 group by all order by all", [sys.argv[1]]).fetchall()
print(json.dumps({'rows': everything, 'counts': counts}))
`;
    const read = runPython(program, [parquet], 'import sys, duckdb') as { rows: unknown[]; counts: [string, number][] };
    expect(read.rows).toEqual(expected());
    const wanted = rows.filter(({ scores }) => (scores['aspect'] ?? 0) > 5);
    const dropped = wanted.filter(({ outcome }) => outcome !== 'ok').length;
    expect(read.counts).toEqual([
      ['filtered:min-side', dropped],
      ['ok', wanted.length - dropped],
    ]);
  });

  it.skipIf(missing['datasets'] !== null)('is read by datasets', () => {
    const program = `${RENDER}
render(datasets.Dataset(pyarrow.parquet.read_table(sys.argv[1])))
`;
    expect(runPython(program, [parquet], 'import sys, pyarrow.parquet, datasets')).toEqual(expected());
  });
});

describe.skipIf(missing['webdataset'] !== null)('a WebDataset tar', () => {
  it('is read by webdataset', () => {
    const program = `
import hashlib, json
samples = [[hashlib.sha256(sample['jpg']).hexdigest(), sample['txt'].decode()] for sample in webdataset.WebDataset(sys.argv[1], shardshuffle=False) if 'jpg' in sample]
print(json.dumps(samples))
`;
    const kept = rows.filter(({ image, outcome }) => outcome === 'ok' && image !== null && image.byteLength > 0);
    const read = runPython(program, [tar], 'import sys, webdataset') as unknown[];
    expect(read).toEqual(kept.map(({ image, texts }) => [createHash('sha256').update(image!).digest('hex'), texts[0]!.text]));
  });
});

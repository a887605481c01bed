import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportDataset, importDataset, openDataset } from '@wenlan/shards';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { picture } from './support/pictures.ts';
import { missingInPython, runPython } from './support/python.ts';
import { sampleRows } from './support/sample-rows.ts';

const missing = missingInPython('pyarrow.parquet');
if (missing !== null) process.stderr.write(`python.test.ts: Parquet skipped, ${missing}\n`);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-parquet-'));
});
afterEach(() => rm(folder, { recursive: true }));

const READ = `
import hashlib, json, sys
import pyarrow.parquet
table = pyarrow.parquet.read_table(sys.argv[1])
table.validate(full=True)
rows = table.to_pylist()
for row in rows:
    image = row.pop('image')
    row['image'] = None if image is None else hashlib.sha256(image).hexdigest()
    row['sha256'] = None if row['sha256'] is None else row['sha256'].hex()
    row['fetchedAt'] = round(row['fetchedAt'].timestamp() * 1000)
    row['phash'] = str(row['phash'])
    row['scores'] = {score['name']: score['value'] for score in row['scores']}
print(json.dumps({'rows': rows, 'types': {field.name: str(field.type) for field in table.schema}}))
`;

const WRITE = `
import json, sys
import pyarrow, pyarrow.parquet
folder = sys.argv[1]
images = [open(folder + '/' + name, 'rb').read() for name in ('0.jpg', '1.jpg')] + [b'no picture', None]
captions = ['一只猫', '两只狗', '𠮷野家', None]
urls = ['https://a.example/%d' % number for number in range(4)]
def write(name, **columns):
    codec = name.split('-')[0]
    pyarrow.parquet.write_table(pyarrow.table(columns), folder + '/' + name + '.parquet', compression=codec, row_group_size=3)
for codec in ('snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'none'):
    write(codec + '-plain', image=pyarrow.array(images, pyarrow.binary()), caption=captions, url=urls)
write('snappy-large', image=pyarrow.array(images, pyarrow.large_binary()), caption=pyarrow.array(captions, pyarrow.large_string()), url=pyarrow.array(urls, pyarrow.large_string()))
write('zstd-dictionary', image=pyarrow.array(images), caption=pyarrow.array(captions).dictionary_encode(), url=pyarrow.array(urls).dictionary_encode())
write('zstd-struct', image=pyarrow.array([{'bytes': image, 'path': 'x.jpg' if image else None} for image in images]), caption=captions, url=urls)
write('zstd-list', image=images, captions=pyarrow.array([[caption] if caption else [] for caption in captions]), url=urls)
print(json.dumps(None))
`;

const TAR = `
import json, sys, tarfile
samples = {}
with tarfile.open(sys.argv[1], 'r|') as archive:
    for member in archive:
        key, extension = member.name.split('.', 1)
        samples.setdefault(key, {})[extension] = len(archive.extractfile(member).read())
print(json.dumps({'samples': samples, 'order': list(samples)}))
`;

/** Tables as img2dataset 1.47 writes them beside its tars and folders, pictures in them or not. */
const IMG2DATASET = `
import json, sys
import pyarrow, pyarrow.parquet
folder = sys.argv[1]
def text(values): return pyarrow.array(values, pyarrow.string())
columns = {
    'url': text(['https://a.example/%d.jpg' % number for number in range(6)]),
    'caption': text(['第%d张' % number for number in range(6)]),
    'key': text(['%09d' % number for number in range(6)]),
    'status': text(['success', 'failed_to_download', 'failed_to_download', 'success', 'failed_to_resize', 'failed_to_download']),
    'error_message': text([None, 'HTTP Error 404: Not Found', '<urlopen error [Errno -2] Name or service not known>', None, 'image decoding error', 'The read operation timed out']),
    'sha256': text(['0' * 64] + [None] * 5),
    'width': pyarrow.array([24, None, None, 24, None, None], pyarrow.int32()),
}
pyarrow.parquet.write_table(pyarrow.table(columns), folder + '/00000.parquet')
image = lambda number: open('%s/%d.jpg' % (folder, number), 'rb').read()
columns['jpg'] = pyarrow.array([image(0), None, None, image(1), None, None], pyarrow.binary())
pyarrow.parquet.write_table(pyarrow.table(columns), folder + '/with-pictures.parquet')
print(json.dumps(None))
`;
import { rowsOf } from './support/rows-of.ts';

const FORMS = [
  'snappy-plain',
  'zstd-plain',
  'gzip-plain',
  'brotli-plain',
  'lz4-plain',
  'none-plain',
  'snappy-large',
  'zstd-dictionary',
  'zstd-struct',
  'zstd-list',
];

const noPython = missingInPython('tarfile');
if (noPython !== null) process.stderr.write(`python.test.ts: tar skipped, ${noPython}\n`);

describe.skipIf(noPython !== null)('WebDataset and Python', () => {
  it('tarfile, which the webdataset package reads with, streams our samples in order', async () => {
    const rows = sampleRows(12, 700);
    const writer = await openDataset(join(folder, 'data'), { stage: 'test', recipe: {} });
    await writer.append(rows, 'train');
    await writer.finish();
    await exportDataset(join(folder, 'data'), { out: join(folder, 'out'), format: 'webdataset' });
    const read = runPython(TAR, [join(folder, 'out', 'train-00000.tar')]) as {
      samples: Record<string, Record<string, number>>;
      order: string[];
    };
    expect(read.order).toEqual(read.order.toSorted());
    const kept = rows.filter(({ image, outcome }) => image !== null && outcome === 'ok');
    expect(Object.values(read.samples).map(({ png, txt }) => [png, txt])).toEqual(
      kept.map(({ texts }) => [700, Buffer.byteLength(texts[0]!.text)]),
    );
  });
});

describe.skipIf(missing !== null)('Parquet and pyarrow', () => {
  it('pyarrow reads what we write: every column of every row', async () => {
    const rows = sampleRows(70, 300);
    const writer = await openDataset(join(folder, 'data'), { stage: 'test', recipe: {} });
    await writer.append(rows);
    await writer.finish();
    const { files } = await exportDataset(join(folder, 'data'), { out: join(folder, 'out'), format: 'parquet' });
    const read = runPython(READ, [join(folder, 'out', files[0]!.file)]) as { rows: unknown[]; types: Record<string, string> };
    expect(read.rows).toEqual(
      rows.map((row) => ({
        ...row,
        image: row.image && createHash('sha256').update(row.image).digest('hex'),
        sha256: row.sha256 && Buffer.from(row.sha256).toString('hex'),
        phash: String(row.phash),
      })),
    );
    expect(read.types).toMatchObject({
      image: 'binary',
      sha256: 'fixed_size_binary[32]',
      phash: 'uint64',
      fetchedAt: 'timestamp[ms, tz=UTC]',
      scores: expect.stringMatching(/^list<element: struct<name: string not null, value: float>/),
    });
  });

  it('what pyarrow writes is read: every codec, dictionaries, large types, lists and structs', async () => {
    const jpegs = [await picture(0), await picture(1)];
    for (const [index, bytes] of jpegs.entries()) await writeFile(join(folder, `${index}.jpg`), bytes);
    runPython(WRITE, [folder]);
    for (const form of FORMS) {
      const out = join(folder, form);
      const { problems } = await importDataset(join(folder, `${form}.parquet`), { out });
      expect(problems.map(({ problem }) => problem)).toEqual(['its bytes are no known picture']);
      const rows = await rowsOf(out);
      expect(rows.map(({ outcome, imageUrl, texts }) => [outcome, imageUrl, texts.map(({ text }) => text)])).toEqual([
        ['ok', 'https://a.example/0', ['一只猫']],
        ['ok', 'https://a.example/1', ['两只狗']],
        ['not-image', 'https://a.example/2', ['𠮷野家']],
        ['filtered:not-fetched', 'https://a.example/3', []],
      ]);
      for (const [index, jpeg] of jpegs.entries()) expect(Buffer.compare(rows[index]!.image!, jpeg)).toBe(0);
    }
  });

  it('a file that is cut short or overwritten is a bad row, and the next file is read', async () => {
    await writeFile(join(folder, '0.jpg'), await picture(0));
    await writeFile(join(folder, '1.jpg'), await picture(1));
    runPython(WRITE, [folder]);
    const bytes = await readFile(join(folder, 'zstd-plain.parquet'));
    const input = join(folder, 'in');
    await mkdir(input);
    await writeFile(join(input, 'b.parquet'), bytes);
    for (const damaged of [
      bytes.subarray(0, 0),
      bytes.subarray(0, 3),
      bytes.subarray(0, bytes.length - 40),
      Buffer.from(bytes).fill(0xff, 4, 900),
    ]) {
      await writeFile(join(input, 'a.parquet'), damaged);
      const out = join(folder, `out-${damaged.length}-${damaged[10] ?? 0}`);
      const summary = await importDataset(input, { out, format: 'parquet' });
      expect(summary.byOutcome['filtered:bad-row']).toBeGreaterThanOrEqual(1);
      expect((await rowsOf(out)).slice(-4).map(({ outcome }) => outcome)).toEqual([
        'ok',
        'ok',
        'not-image',
        'filtered:not-fetched',
      ]);
    }
  });

  it('what img2dataset writes, as tars, as folders and as tables: pictures and failures', async () => {
    const jpegs = [await picture(0), await picture(1)];
    for (const [index, bytes] of jpegs.entries()) await writeFile(join(folder, `${index}.jpg`), bytes);
    runPython(IMG2DATASET, [folder]);
    const archive = pack();
    for (const name of ['tar', 'files/00000', 'table']) await mkdir(join(folder, name), { recursive: true });
    for (const [index, number] of [0, 3].entries()) {
      const key = String(number).padStart(9, '0');
      const record = {
        url: `https://a.example/${number}.jpg`,
        caption: `第${number}张`,
        key,
        status: 'success',
        error_message: null,
      };
      const members = { jpg: Buffer.from(jpegs[index]!), json: JSON.stringify(record), txt: record.caption };
      for (const [extension, content] of Object.entries(members)) {
        archive.entry({ name: `${key}.${extension}` }, content);
        await writeFile(join(folder, 'files/00000', `${key}.${extension}`), content);
      }
    }
    archive.finalize();
    await writeFile(join(folder, 'tar/00000.tar'), archive as unknown as AsyncIterable<Buffer>);
    await copyFile(join(folder, '00000.parquet'), join(folder, 'tar/00000.parquet'));
    await copyFile(join(folder, '00000.parquet'), join(folder, 'files/00000.parquet'));
    await copyFile(join(folder, 'with-pictures.parquet'), join(folder, 'table/00000.parquet'));
    await writeFile(join(folder, 'files/00000_stats.json'), '{}');

    const expected = [
      'https://a.example/0.jpg ok 第0张',
      'https://a.example/1.jpg http-4xx 第1张',
      'https://a.example/2.jpg dns 第2张',
      'https://a.example/3.jpg ok 第3张',
      'https://a.example/4.jpg decode 第4张',
      'https://a.example/5.jpg timeout 第5张',
    ];
    for (const [name, format] of [
      ['tar', 'webdataset'],
      ['files', 'folder'],
      ['table', 'parquet'],
    ] as const) {
      const out = join(folder, `out-${name}`);
      expect(await importDataset(join(folder, name), { out })).toMatchObject({ format, rows: 6, problems: [] });
      const rows = await rowsOf(out);
      expect(rows.map(({ imageUrl, outcome, texts }) => [imageUrl, outcome, texts[0]!.text].join(' ')).sort()).toEqual(expected);
      expect(rows.filter(({ image }) => image !== null).map(({ image }) => Buffer.from(image!))).toEqual(
        jpegs.map((jpeg) => Buffer.from(jpeg)),
      );
    }
  });
});

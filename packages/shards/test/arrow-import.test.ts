import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importDataset, openDataset } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { picture } from './support/pictures.ts';
import { missingInPython, runPython } from './support/python.ts';
import { sampleRows } from './support/sample-rows.ts';

const missing = missingInPython('pyarrow.feather');
if (missing !== null) process.stderr.write(`arrow-import.test.ts: pyarrow's files skipped, ${missing}\n`);

const CODECS = ['none', 'lz4', 'zstd'];
const KINDS = ['file.arrow', 'stream.arrow', 'file.feather'];
const NAMES = [
  ...CODECS.flatMap((codec) => KINDS.map((kind) => `plain-${codec}-${kind}`)),
  'large-lz4-file.arrow',
  'dictionary-zstd-stream.arrow',
  'dictionary-lz4-file.feather',
  'struct-zstd-file.arrow',
  'list-lz4-stream.arrow',
  'view-none-file.arrow',
  'view-zstd-file.feather',
];

const WRITE = `
import json, sys
import pyarrow as pa, pyarrow.feather, pyarrow.ipc
folder = sys.argv[1]
images = [open(folder + '/' + name, 'rb').read() for name in ('0.jpg', '1.jpg')] + [b'no picture', None]
captions = ['一只猫', '两只狗', '𠮷野家', None]
urls = ['https://a.example/%d' % number for number in range(4)]
# Longer than a block of LZ4, and alike from one to the next.
padding = [('padding %d ' % number) * 20000 for number in range(4)]
forms = {
    'plain': dict(image=pa.array(images), caption=captions, url=urls),
    'large': dict(image=pa.array(images, pa.large_binary()), caption=pa.array(captions, pa.large_string()), url=pa.array(urls, pa.large_string())),
    'dictionary': dict(image=images, caption=pa.array(captions).dictionary_encode(), url=pa.array(urls, pa.large_string()).dictionary_encode()),
    'struct': dict(image=pa.array([{'bytes': image, 'path': 'x.jpg' if image else None} for image in images]), caption=captions, url=urls),
    'list': dict(image=images, captions=pa.array([[caption] if caption else [] for caption in captions], pa.large_list(pa.string())), url=urls),
    'view': dict(image=pa.array(images, pa.binary_view()), caption=pa.array(captions, pa.string_view()), url=pa.array(urls, pa.string_view())),
}
for form, columns in forms.items():
    table = pa.table({**columns, 'padding': padding})
    for codec in ('none', 'lz4', 'zstd'):
        options = pa.ipc.IpcWriteOptions(compression=None if codec == 'none' else codec)
        name = folder + '/' + form + '-' + codec + '-'
        for kind, create in (('file', pa.ipc.new_file), ('stream', pa.ipc.new_stream)):
            with create(name + kind + '.arrow', table.schema, options=options) as writer:
                writer.write_table(table, max_chunksize=3)
        pa.feather.write_feather(table, name + 'file.feather', compression='uncompressed' if codec == 'none' else codec, chunksize=3)
print(json.dumps(None))
`;
import { rowsOf } from './support/rows-of.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-arrow-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(missing !== null)('what pyarrow writes as Arrow and Feather', () => {
  it('is imported: files and streams, every codec, dictionaries, large types, views, lists and structs', async () => {
    const jpegs = [await picture(0), await picture(1)];
    for (const [index, bytes] of jpegs.entries()) await writeFile(join(folder, `${index}.jpg`), bytes);
    runPython(WRITE, [folder]);
    for (const name of NAMES) {
      const out = join(folder, `of-${name}`);
      const { format, problems } = await importDataset(join(folder, name), { out });
      expect([name, format, ...problems.map(({ problem }) => problem)]).toEqual([
        name,
        'arrow',
        'its bytes are no known picture',
      ]);
      const rows = await rowsOf(out);
      expect(rows.map(({ outcome, imageUrl, texts }) => [outcome, imageUrl, texts.map(({ text }) => text)])).toEqual([
        ['ok', 'https://a.example/0', ['一只猫']],
        ['ok', 'https://a.example/1', ['两只狗']],
        ['not-image', 'https://a.example/2', ['𠮷野家']],
        ['filtered:not-fetched', 'https://a.example/3', []],
      ]);
      for (const [index, jpeg] of jpegs.entries()) expect(Buffer.compare(rows[index]!.image!, jpeg)).toBe(0);
    }
    for (const name of ['plain-lz4-stream.arrow', 'plain-none-stream.arrow']) {
      const whole = await readFile(join(folder, name));
      await writeFile(join(folder, 'cut.arrow'), whole.subarray(0, whole.length - 500));
      const out = join(folder, `cut-${name}`);
      const { byOutcome, problems } = await importDataset(join(folder, 'cut.arrow'), { out });
      expect(byOutcome).toEqual({ ok: 2, 'not-image': 1, 'filtered:bad-row': 1 });
      expect(problems.at(-1)).toMatchObject({
        where: 'cut.arrow row 3',
        problem: expect.stringMatching(/^cut\.arrow can't be read from here on: /) as string,
      });
    }
  });
});

describe('an Arrow file', () => {
  it('that is a shard of ours is imported as it was', async () => {
    const rows = sampleRows(70, 300).map((row) => (row.image === null ? row : { ...row, outcome: 'filtered:min-side' as const }));
    const writer = await openDataset(join(folder, 'own'), { stage: 'test', recipe: {} });
    await writer.append([...rows], 'train');
    const { shards } = await writer.finish();
    await importDataset(join(folder, 'own', shards[0]!.file), { out: join(folder, 'again'), split: 'train' });
    const expected = rows.map((row) =>
      row.image === null && row.outcome === 'ok' ? { ...row, outcome: 'filtered:no-image' } : row,
    );
    expect(await rowsOf(join(folder, 'again'))).toEqual(expected);
  });

  it.each([
    ['FEA1 and more', 'it is Feather of version 1; write it again as version 2'],
    ['ARROW1\0\0', 'it ends after 8 bytes'],
    ['ARROW1\0\0 and then nothing that ends it', `it doesn't end as an Arrow file does, so it may be cut short`],
    ['ARROW1\0\0\xff\xff\xff\x7fARROW1', `its footer can't be 2147483647 bytes long`],
  ])('%j is a bad row that says what is wrong', async (bytes, problem) => {
    await writeFile(join(folder, 'a.arrow'), bytes, 'latin1');
    const out = join(folder, `bad-${problem.length}`);
    expect((await importDataset(join(folder, 'a.arrow'), { out })).problems).toEqual([
      { where: 'a.arrow row 0', outcome: 'filtered:bad-row', problem: `a.arrow can't be read from here on: ${problem}` },
    ]);
  });
});

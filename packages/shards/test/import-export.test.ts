import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract, pack } from 'tar-stream';
import { emptyPair, exportDataset, importDataset, openDataset, pairId, readPairs, verifyDataset } from '@wenlan/shards';
import type { ExportFormat, ImportOptions, ImportSummary, Pair } from '@wenlan/shards';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderBytes } from './support/folder-bytes.ts';
import { picture } from './support/pictures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-formats-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...parts: string[]): string => join(folder, ...parts);

async function rowsOf(location: string): Promise<Pair[]> {
  const rows: Pair[] = [];
  for await (const batch of readPairs(location))
    rows.push(...batch.map((row) => ({ ...row, image: row.image && Uint8Array.from(row.image) })));
  return rows;
}

/** Twenty rows: pictures of two kinds, some dropped, some without a URL, in two splits. */
async function writeDataset(location: string): Promise<Pair[]> {
  const rows: Pair[] = [];
  for (let number = 0; number < 20; number += 1) {
    const image = await picture(number, number % 2 === 0 ? 'jpeg' : 'png');
    const imageUrl = number === 7 ? null : `https://img.example/图/${number}?a=1,2`;
    const isKept = number % 5 !== 4;
    rows.push(
      emptyPair({
        id: pairId(imageUrl ?? `local ${number}`, 'https://news.example/'),
        source: 'news',
        outcome: isKept ? 'ok' : 'filtered:min-side',
        imageUrl,
        pageUrl: 'https://news.example/',
        texts: [
          { kind: 'alt', text: `第${number}张，"引号"\t𠮷` },
          { kind: 'surrounding', text: '多行\n文字' },
        ],
        image: isKept ? image : null,
        mime: number % 2 === 0 ? 'image/jpeg' : 'image/png',
        width: 24,
        height: 16,
        sha256: new Uint8Array(createHash('sha256').update(image).digest()),
        phash: 2n ** 63n + BigInt(number),
        boxes: number % 3 === 0 ? [[0, 0.5, 10, 12.25]] : number % 3 === 1 ? [] : null,
        fetchedAt: 1_700_000_000_000 + number,
        consent: number % 2 === 0 ? { robots: 'allow', xRobotsTag: null, tdm: '0', license: null } : null,
        scores: { aesthetic: number / 32, 'text.length': number },
        band: 'weak',
        cluster: number % 2 === 0 ? 'C' : null,
      }),
    );
  }
  const writer = await openDataset(location, { stage: 'test', recipe: {}, maxShardRows: 6 });
  await writer.append(rows.slice(0, 14), 'train');
  await writer.append(rows.slice(14), 'test');
  await writer.finish();
  return [...rows.slice(14), ...rows.slice(0, 14)];
}

const importTo = (input: string, options: Partial<ImportOptions> = {}): Promise<ImportSummary> =>
  importDataset(input, { out: at('imported'), ...options });

describe('a dataset that is exported and imported again', () => {
  it.each(['parquet', 'webdataset', 'folder'] as const)('as %s: the same rows', async (format) => {
    const rows = await writeDataset(at('data'));
    const summary = await exportDataset(at('data'), { out: at('out'), format, maxFileRows: 4 });
    const expected = format === 'parquet' ? rows : rows.filter(({ outcome }) => outcome === 'ok');
    expect(summary).toMatchObject({ complete: true, rows: expected.length, leftOut: 0 });
    expect(await importTo(at('out'))).toMatchObject({ format, rows: expected.length, problems: [] });
    expect(await rowsOf(at('imported'))).toEqual(expected);
    expect((await verifyDataset(at('imported'))).problems).toEqual([]);
  });

  it.each(['csv', 'tsv', 'jsonl'] as const)('as a list in %s: URLs and texts, nothing fetched', async (table) => {
    const rows = await writeDataset(at('data'));
    const kept = rows.filter(({ outcome }) => outcome === 'ok');
    const summary = await exportDataset(at('data'), { out: at('out'), format: 'list', table });
    expect(summary).toMatchObject({ rows: kept.length - 1, leftOut: 1 });
    await importTo(at('out'), { format: 'list' });
    const imported = await rowsOf(at('imported'));
    expect(imported.map(({ id, outcome, imageUrl, pageUrl }) => ({ id, outcome, imageUrl, pageUrl }))).toEqual(
      kept
        .filter(({ imageUrl }) => imageUrl !== null)
        .map(({ id, imageUrl, pageUrl }) => ({ id, outcome: 'filtered:not-fetched', imageUrl, pageUrl })),
    );
    const text = kept[0]!.texts[0]!.text;
    expect(imported[0]!.texts[0]!.text).toBe(table === 'tsv' ? text.replace('\t', ' ') : text);
    expect(imported[0]!.texts.length).toBe(table === 'jsonl' ? 2 : 1);
  });

  it.each(['parquet', 'webdataset', 'list', 'folder'] as const)(
    '%s: an export that stops goes on, with the same bytes',
    async (format) => {
      await writeDataset(at('data'));
      const options = { format, maxFileRows: 3 } as const;
      await exportDataset(at('data'), { ...options, out: at('whole') });
      const controller = new AbortController();
      let files = 0;
      const stopped = exportDataset(at('data'), {
        ...options,
        out: at('stopped'),
        signal: controller.signal,
        onProgress: () => {
          files += 1;
          if (files === 2) controller.abort(new Error('stop'));
        },
      });
      await expect(stopped).rejects.toThrow('stop');
      expect((await readdir(at('stopped'))).length).toBeLessThan((await readdir(at('whole'))).length);
      await mkdir(at('stopped', 'train-00009.tmp'));
      await exportDataset(at('data'), { ...options, out: at('stopped') });
      expect(await folderBytes(at('stopped'))).toEqual(await folderBytes(at('whole')));
    },
  );

  it('an import that stops goes on, with the same bytes', async () => {
    await writeDataset(at('data'));
    await exportDataset(at('data'), { out: at('out'), format: 'webdataset', maxFileRows: 4 });
    await importDataset(at('out'), { out: at('whole'), maxShardRows: 5 });
    const controller = new AbortController();
    const stopped = importDataset(at('out'), {
      out: at('stopped'),
      maxShardRows: 5,
      signal: controller.signal,
      onProgress: ({ rows, bytesDone, bytesTotal }) => {
        expect(bytesDone).toBeLessThanOrEqual(bytesTotal);
        if (rows >= 5) controller.abort(new Error('stop'));
      },
    });
    await expect(stopped).rejects.toThrow('stop');
    await importDataset(at('out'), { out: at('stopped'), maxShardRows: 5 });
    expect(await folderBytes(at('stopped'))).toEqual(await folderBytes(at('whole')));
    expect(await importDataset(at('out'), { out: at('stopped'), maxShardRows: 5 })).toMatchObject({ rows: 16 });
    await writeFile(at('out', 'train-00009.tar'), Buffer.alloc(1024));
    await expect(importDataset(at('out'), { out: at('stopped') })).rejects.toMatchObject({ code: 'RECIPE_DIFFERS' });
  });

  it('only the rows of a condition and of the splits asked for', async () => {
    await writeDataset(at('data'));
    const where = 'scores.aesthetic >= 0.4 and not (outcome = "ok" or imageUrl contains nothing)';
    const summary = await exportDataset(at('data'), { out: at('out'), format: 'parquet', where, splits: ['train'] });
    expect(summary.files.map(({ file, rows }) => [file, rows])).toEqual([]);
    const some = await exportDataset(at('data'), {
      out: at('some'),
      format: 'parquet',
      where: 'width > 3 and scores.aesthetic > 0.33',
    });
    expect(some.files.map(({ file, rows }) => [file, rows])).toEqual([
      ['test-00000.parquet', 6],
      ['train-00000.parquet', 3],
    ]);
  });

  it('tar members are sorted and have unique names', async () => {
    await writeDataset(at('data'));
    const { files } = await exportDataset(at('data'), { out: at('out'), format: 'webdataset', maxFileRows: 4 });
    const names: string[] = [];
    for (const { file } of files) {
      const archive = extract();
      archive.end(await readFile(at('out', file)));
      const own: string[] = [];
      for await (const entry of archive) {
        own.push(entry.header.name);
        entry.resume();
      }
      expect(own).toEqual(own.toSorted());
      names.push(...own);
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBe(3 * 16);
  });
});

describe('what an export refuses', () => {
  it('another export in its folder, a folder that is not empty, a format and a condition that are none', async () => {
    await writeDataset(at('data'));
    await exportDataset(at('data'), { out: at('out'), format: 'parquet' });
    await expect(exportDataset(at('data'), { out: at('out'), format: 'list' })).rejects.toMatchObject({
      code: 'EXPORT_DIFFERS',
      message: expect.stringContaining('format was "parquet" and is now "list"'),
    });
    await writeFile(at('note.txt'), '');
    await expect(exportDataset(at('data'), { out: folder, format: 'list' })).rejects.toMatchObject({ code: 'EXPORT_DIFFERS' });
    await expect(exportDataset(at('data'), { out: at('x'), format: 'zip' as ExportFormat })).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
    });
    const where = exportDataset(at('data'), { out: at('x'), format: 'list', where: 'width > 3 or nonsense = 2' });
    await expect(where).rejects.toMatchObject({ code: 'WHERE_INVALID', message: expect.stringContaining('character 14') });
  });
});

describe('what other programs wrote', () => {
  it('a CSV of paths and URLs: a row for every line, judged by the bytes of the picture', async () => {
    const jpeg = await picture(1);
    await writeFile(at('good.png'), jpeg);
    await writeFile(at('cut.jpg'), jpeg.subarray(0, jpeg.length - 90));
    await writeFile(at('page.jpg'), '<!DOCTYPE html><p>gone');
    await writeFile(at('text.jpg'), 'hello');
    await writeFile(at('empty.jpg'), '');
    await writeFile(
      at('pairs.csv'),
      '\uFEFFimage,caption\ngood.png,一只猫\ngood.png,"又一只,猫"\ncut.jpg,b\npage.jpg,c\ntext.jpg,d\nempty.jpg,e\nnone.jpg,f\nhttps://a.example/x.jpg,g\n,h\ngood.png,later\nlonely\n',
    );
    const summary = await importTo(at('pairs.csv'));
    const rows = await rowsOf(at('imported'));
    expect(rows.map(({ imageUrl, outcome, source }) => [imageUrl, outcome, source])).toEqual([
      ['good.png', 'ok', 'local'],
      ['cut.jpg', 'decode', 'local'],
      ['page.jpg', 'not-image', 'local'],
      ['text.jpg', 'not-image', 'local'],
      ['empty.jpg', 'not-image', 'local'],
      ['none.jpg', 'filtered:file-missing', 'local'],
      ['https://a.example/x.jpg', 'filtered:not-fetched', 'list'],
      [null, 'filtered:no-image', 'local'],
      ['good.png', `duplicate:${rows[0]!.id}`, 'local'],
      [null, 'filtered:bad-row', 'local'],
    ]);
    expect(rows[0]).toMatchObject({ mime: 'image/jpeg', width: 24, height: 16, image: jpeg });
    expect(rows[0]!.texts.map(({ text }) => text)).toEqual(['一只猫', '又一只,猫']);
    expect(rows[6]!.id).toBe(pairId('https://a.example/x.jpg', null));
    expect(rows.filter(({ image }) => image !== null).length).toBe(1);
    expect(summary.problems.map(({ where, outcome }) => [where, outcome])).toContainEqual(['pairs.csv line 4', 'decode']);
    expect((await verifyDataset(at('imported'))).problems).toEqual([]);
  });

  it('a TSV without a header, text first, in GB18030; and columns of other names', async () => {
    const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3]);
    await writeFile(
      at('a.tsv'),
      Buffer.concat([gbk, Buffer.from('\thttps://a.example/1\n'), gbk, Buffer.from('"\thttps://a.example/2\n')]),
    );
    await importTo(at('a.tsv'));
    expect((await rowsOf(at('imported'))).map(({ imageUrl, texts }) => [imageUrl, texts])).toEqual([
      ['https://a.example/1', [{ kind: 'caption', text: '你好' }]],
      ['https://a.example/2', [{ kind: 'caption', text: '你好"' }]],
    ]);
    await writeFile(at('b.csv'), 'pic,words,from\nhttps://a.example/3,三,https://page.example/\n');
    await importDataset(at('b.csv'), { out: at('b'), columns: { image: 'pic', text: 'words', page: 'from' } });
    expect(await rowsOf(at('b'))).toMatchObject([
      { imageUrl: 'https://a.example/3', pageUrl: 'https://page.example/', texts: [{ text: '三' }] },
    ]);
  });

  it('JSON lines: bad lines are rows too, lone surrogates are replaced, U+2028 ends no line', async () => {
    const data = `data:image/jpeg;base64,${Buffer.from(await picture(3)).toString('base64')}`;
    const lines = [
      '{"url": "https://a.example/1", "caption": "\\ud800x"}',
      '{',
      '[1]',
      '',
      `{"image": "${data}", "text": "a\u2028b"}`,
    ];
    await writeFile(at('a.jsonl'), lines.join('\n'));
    await importTo(at('a.jsonl'));
    const rows = await rowsOf(at('imported'));
    expect(rows.map(({ outcome }) => outcome)).toEqual(['filtered:not-fetched', 'filtered:bad-row', 'filtered:bad-row', 'ok']);
    expect(rows[0]!.texts[0]!.text).toBe('\uFFFDx');
    expect(rows[3]!.texts[0]!.text).toBe('a\u2028b');
  });

  it('a folder of pictures with captions beside them', async () => {
    await mkdir(at('in', '猫'), { recursive: true });
    await writeFile(at('in', '猫', '1.jpg'), await picture(1));
    await writeFile(at('in', '猫', '1.txt'), '一只猫\n');
    await writeFile(at('in', '2.png'), await picture(2, 'png'));
    await writeFile(at('in', '2.json'), '{"caption": "狗", "url": "https://a.example/2"}');
    await writeFile(at('in', '3.jpg'), 'no picture');
    await writeFile(at('in', '3.json'), '{');
    expect(await importTo(at('in'))).toMatchObject({ format: 'folder', rows: 3 });
    expect((await rowsOf(at('imported'))).map(({ imageUrl, texts, outcome }) => [imageUrl, texts[0]?.text, outcome])).toEqual([
      ['https://a.example/2', '狗', 'ok'],
      [null, undefined, 'not-image'],
      [null, '一只猫', 'ok'],
    ]);
  });

  it('Chinese-CLIP: pictures in base64, texts beside them', async () => {
    const base64 = [1, 2].map(async (number) => Buffer.from(await picture(number)).toString('base64'));
    const [first, second] = await Promise.all(base64);
    await mkdir(at('in'));
    await writeFile(at('in', 'train_imgs.tsv'), `11\t${first}\n12\t${second}\n13\tAAAA\nno tab\n`);
    const texts = [
      { text_id: 1, text: '一', image_ids: [11, 12] },
      { text_id: 2, text: '二', image_ids: [11, 99] },
    ];
    await writeFile(at('in', 'train_texts.jsonl'), [...texts.map((text) => JSON.stringify(text)), '{"text": 1}'].join('\n'));
    await writeFile(at('in', 'valid_imgs.tsv'), `11\t${second}\n`);
    expect(await importTo(at('in'))).toMatchObject({ format: 'chinese-clip' });
    expect(
      (await rowsOf(at('imported'))).map(({ outcome, texts: own }) => [outcome, own.map(({ text }) => text).join()]),
    ).toEqual([
      ['filtered:bad-row', ''],
      ['ok', '一,二'],
      ['ok', '一'],
      ['not-image', ''],
      ['filtered:bad-row', ''],
      ['filtered:no-image', '二'],
      ['filtered:bad-row', ''],
      ['ok', ''],
    ]);
    expect((await verifyDataset(at('imported'))).problems).toEqual([]);
  });

  it('BriVL: JSON lines with sentences and boxes, and a folder of pictures', async () => {
    await mkdir(at('images'));
    await writeFile(at('images', 'a.jpg'), await picture(1));
    const line = { image_id: 'a.jpg', sentences: [['一只猫', '坐着'], ['窗边']], bbox: [[0, 1, 10, 12.5]] };
    await writeFile(
      at('train.jsonl'),
      `${JSON.stringify(line)}\n${JSON.stringify({ ...line, image_id: 'b.jpg', bbox: [[1]] })}\n`,
    );
    await importTo(at('train.jsonl'), { format: 'brivl', images: at('images') });
    const rows = await rowsOf(at('imported'));
    expect(rows.map(({ outcome, boxes, texts }) => [outcome, boxes, texts.map(({ text }) => text)])).toEqual([
      ['ok', [[0, 1, 10, 12.5]], ['一只猫', '坐着', '窗边']],
      ['filtered:file-missing', null, ['一只猫', '坐着', '窗边']],
    ]);
  });

  it('COCO captions: a row for each picture with all of its captions', async () => {
    await writeFile(at('1.jpg'), await picture(1));
    const images = [
      { id: 1, file_name: '1.jpg', coco_url: 'http://images.example/1.jpg' },
      { id: 2, coco_url: 'http://images.example/2.jpg' },
    ];
    const annotations = [
      { image_id: 2, caption: '二' },
      { image_id: 1, caption: '一' },
      { image_id: 1, caption: '又一' },
      { image_id: 3, caption: '三' },
    ];
    await writeFile(at('captions.json'), JSON.stringify({ images, annotations }));
    expect(await importTo(at('captions.json'))).toMatchObject({ format: 'coco' });
    expect((await rowsOf(at('imported'))).map(({ outcome, imageUrl, texts }) => [outcome, imageUrl, texts.length])).toEqual([
      ['ok', 'http://images.example/1.jpg', 2],
      ['filtered:not-fetched', 'http://images.example/2.jpg', 1],
      ['filtered:bad-row', null, 0],
    ]);
    await writeFile(at('bad.json'), '{"images": 1}');
    await writeFile(at('cut.json'), '{"images": [');
    for (const name of ['bad', 'cut']) {
      expect(await importDataset(at(`${name}.json`), { out: at(name) })).toMatchObject({ byOutcome: { 'filtered:bad-row': 1 } });
    }
  });

  it('a tar cut short: what can be read, a bad row, then the next tar', async () => {
    const whole = pack();
    for (let number = 0; number < 6; number += 1) {
      whole.entry({ name: `${number}.jpg` }, await picture(number));
      whole.entry({ name: `${number}.txt` }, `第${number}张`);
    }
    whole.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of whole) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    await mkdir(at('in'));
    for (const length of [0, 1, 511, 700, 2000, bytes.length >> 1, bytes.length - 3000]) {
      await writeFile(at('in', 'a.tar'), bytes.subarray(0, length));
      await writeFile(at('in', 'b.tar'), bytes);
      await importDataset(at('in'), { out: at(String(length)) });
      const outcomes = (await rowsOf(at(String(length)))).map(({ outcome }) => outcome);
      expect(outcomes.slice(-6)).toEqual(Array.from({ length: 6 }, () => 'ok'));
      expect(outcomes.filter((outcome) => outcome === 'filtered:bad-row').length).toBe(length === 0 ? 0 : 1);
    }
  });

  it('nothing there, or nothing known', async () => {
    await expect(importTo(at('nowhere'))).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    await writeFile(at('a.bin'), '');
    await expect(importTo(at('a.bin'))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
    await expect(importTo(folder, { format: 'parquet' })).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    await expect(importTo(folder, { format: 'x' as 'list' })).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSongs } from './read-songs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-songs-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function songs(name: string, text: string): ReturnType<typeof readSongs> {
  const file = join(folder, name);
  await writeFile(file, text);
  return readSongs(file);
}

describe(readSongs, () => {
  it('reads a CSV with a header, lyrics over several lines and comments beside, each line once', async () => {
    const csv = '\uFEFFtitle,artist,lyrics,comments,year\n春天,某人,"花开了\n花开了\n鸟来了",听得想哭,1999\n夏天,,蝉声,,\n';
    expect(await songs('songs.csv', csv)).toEqual([
      { title: '春天', artist: '某人', lines: ['花开了', '鸟来了', '听得想哭'] },
      { title: '夏天', artist: '', lines: ['蝉声'] },
    ]);
  });

  it('reads JSON lines with lists of comments', async () => {
    const text = '{"title":"秋天","artist":"她","comments":["落叶","月亮"]}\n\n{"title":"冬天","lyrics":"雪"}\n';
    expect(await songs('songs.jsonl', text)).toEqual([
      { title: '秋天', artist: '她', lines: ['落叶', '月亮'] },
      { title: '冬天', artist: '', lines: ['雪'] },
    ]);
  });

  it.each([
    ['none.csv', null, 'SONGS_MISSING', "can't be read (ENOENT); name a CSV"],
    ['empty.csv', '', 'SONGS_INVALID', 'there is no song'],
    ['untitled.csv', 'artist,lyrics\n某人,花\n', 'SONGS_INVALID', 'line 2: title:'],
    ['silent.csv', 'title,lyrics\n春天,花\n无声,\n', 'SONGS_INVALID', 'line 3: "无声" has 0 lines'],
    ['ragged.csv', 'title,lyrics\n春天,花,多\n', 'SONGS_INVALID', 'line 2: Invalid Record Length'],
    ['broken.jsonl', '{"title":"春天","lyrics":"花"}\n{"title":', 'SONGS_INVALID', 'line 2: it is no JSON'],
    ['number.jsonl', '{"title":"春天","lyrics":7}', 'SONGS_INVALID', 'line 1: lyrics:'],
  ])('refuses %s in one sentence', async (name, text, code, sentence) => {
    const read = text === null ? readSongs(join(folder, name)) : songs(name, text);
    await expect(read).rejects.toMatchObject({ code, exitStatus: 2, message: expect.stringContaining(sentence) });
  });
});

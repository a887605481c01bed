import { basename } from 'node:path';
import { ExactIndex, type Match } from '@wenlan/evaluation';
import type { LoadedRun } from '@wenlan/model';
import type { Collection, SearchMatch } from '@wenlan/studio';
import { readSongs } from './read-songs.ts';

/**
 * The songs of a file, each found by the best of its lines: a picture's score with a song is its highest with any of them.
 * @throws UsageError those of `readSongs`
 */
export async function songCollection(run: LoadedRun, file: string): Promise<Collection> {
  const songs = await readSongs(file);
  const lines = songs.flatMap(({ lines: texts }, song) => texts.map((text) => ({ song, text })));
  const values = await run.encodeTexts(lines.map(({ text }) => text)); // [lines, dim]
  const index = new ExactIndex({ values, rows: lines.length, dim: run.dim });
  const describe = ({ row, score }: Match): SearchMatch => {
    const { song, text } = lines[row]!;
    const { title, artist } = songs[song]!;
    return { score, text, title, artist };
  };
  return {
    name: basename(file),
    kind: 'songs',
    size: songs.length,
    async search(vector, top) {
      const wanted = Math.min(top, songs.length);
      for (let asked = 4 * wanted; ; asked *= 4) {
        const found = bestLines(index.search(vector, Math.min(asked, lines.length)), (row) => lines[row]!.song);
        if (found.length >= wanted || asked >= lines.length) return found.slice(0, wanted).map(describe);
      }
    },
  };
}

/** Of each song the first line, in the order of their scores. */
function bestLines(matches: readonly Match[], songOf: (row: number) => number): Match[] {
  const met = new Set<number>();
  return matches.filter(({ row }) => {
    const song = songOf(row);
    if (met.has(song)) return false;
    met.add(song);
    return true;
  });
}

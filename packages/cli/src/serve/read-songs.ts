import { readFile } from 'node:fs/promises';
import { type Info, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { UsageError } from '../usage-error.ts';

/** A song with what a picture is compared with: lines of its lyrics, and what listeners wrote of it. */
export interface Song {
  title: string;
  artist: string;
  lines: string[];
}

/** Lyrics longer than this are sung by nobody: the file has another column there. */
const MAX_LINES = 2000;

const words = z.union([z.string(), z.array(z.string())]).default('');
const songSchema = z.object({
  title: z.string().trim().min(1),
  artist: z.string().trim().default(''),
  lyrics: words,
  comments: words,
});

/**
 * Reads a list of songs, a CSV with a header or JSON lines: `title`, `artist`, and `lyrics`, `comments` or both, in which each line of text
 * (of JSON also each string of a list) is compared by itself. Other columns are passed over.
 * @throws UsageError SONGS_MISSING, SONGS_INVALID naming the line
 */
export async function readSongs(file: string): Promise<Song[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('SONGS_MISSING', `${file} can't be read (${error.code}); name a CSV or JSON lines of songs.`);
  });
  const songs: Song[] = [];
  for (const { record, line } of /\.(?:jsonl|ndjson)$/iu.test(file) ? jsonRecords(file, text) : csvRecords(file, text)) {
    const parsed = songSchema.safeParse(record);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      throw invalid(file, line, `${path.join('.')}: ${message}`);
    }
    const { title, artist, lyrics, comments } = parsed.data;
    const lines = [
      ...new Set([lyrics, comments].flat().flatMap((each) => each.split(/\r?\n/u).map((part) => part.trim()))),
    ].filter(Boolean);
    if (lines.length === 0 || lines.length > MAX_LINES)
      throw invalid(file, line, `"${title}" has ${lines.length} lines of lyrics and comments; give it 1 to ${MAX_LINES}`);
    songs.push({ title, artist, lines });
  }
  if (songs.length === 0) throw invalid(file, 1, 'there is no song; put a header and a song a line');
  return songs;
}

interface NumberedRecord {
  record: unknown;
  line: number;
}

function* jsonRecords(file: string, text: string): Generator<NumberedRecord, void, undefined> {
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (line.trim() === '') continue;
    try {
      yield { record: JSON.parse(line) as unknown, line: index + 1 };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw invalid(file, index + 1, `it is no JSON (${error.message})`);
    }
  }
}

function csvRecords(file: string, text: string): NumberedRecord[] {
  try {
    const rows = parse(text, { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true });
    return (rows as unknown as { record: unknown; info: Info }[]).map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    const { lines = 1 } = error as { lines?: number };
    throw invalid(file, lines, (error as Error).message);
  }
}

const invalid = (file: string, line: number, what: string): UsageError =>
  new UsageError('SONGS_INVALID', `${file} line ${line}: ${what}; correct it there.`);

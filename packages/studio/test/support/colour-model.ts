import { PairReader } from '@wenlan/shards';
import sharp from 'sharp';
import type { Collection, SearchMatch, SearchOption } from '../../src/index.ts';
import { COLOURS } from './sample-dataset.ts';

/** A two-tower model of three numbers: the mean colour of a picture, and that of the colours that a text names. */
export async function colourModel(dataset: string, location: string): Promise<SearchOption> {
  const reader = await PairReader.open(location);
  const entries: { id: string; text: string; vector: Float32Array }[] = [];
  for await (const { shard, batch, rows } of reader.scan(['id', 'outcome', 'texts']))
    for (const [row, { id, outcome, texts }] of rows.entries()) {
      if (outcome !== 'ok') continue;
      entries.push({ id, text: texts[0]!.text, vector: await encodePicture((await reader.readImage({ shard, batch, row }))!) });
    }
  const lines = Object.keys(COLOURS).map((colour) => `满眼${colour}`);
  return {
    model: 'colours',
    dim: 3,
    encodeText: async (text) => encodeText(text),
    encodePictures: (pictures) => Promise.all(pictures.map(encodePicture)),
    collections: [
      collection(
        'pictures',
        'pictures',
        entries.map(({ vector }) => vector),
        (row) => ({ id: entries[row]!.id, text: entries[row]!.text, dataset }),
      ),
      collection('lines', 'sentences', lines.map(encodeText), (row) => ({ text: lines[row]! })),
      collection('songs', 'songs', lines.map(encodeText), (row) => ({
        text: lines[row]!,
        title: `${Object.keys(COLOURS)[row]}之歌`,
        artist: '某人',
      })),
    ],
  };
}

function collection(
  name: string,
  kind: Collection['kind'],
  vectors: Float32Array[],
  describe: (row: number) => Omit<SearchMatch, 'score'>,
): Collection {
  return {
    name,
    kind,
    size: vectors.length,
    async search(query, top) {
      const scored = vectors.map((vector, row) => ({
        row,
        score: vector.reduce((sum, value, index) => sum + value * query[index]!, 0),
      }));
      const best = scored.sort((left, right) => right.score - left.score || left.row - right.row).slice(0, top);
      return best.map(({ row, score }) => ({ score, ...describe(row) }));
    },
  };
}

function encodeText(text: string): Float32Array {
  const sum = [0, 0, 0];
  for (const [name, hex] of Object.entries(COLOURS))
    if (text.includes(name))
      for (const channel of [0, 1, 2]) sum[channel]! += Number.parseInt(hex.slice(1 + 2 * channel, 3 + 2 * channel), 16);
  return normed(sum);
}

async function encodePicture(bytes: Uint8Array): Promise<Float32Array> {
  const { channels } = await sharp(bytes, { failOn: 'error' }).removeAlpha().toColourspace('srgb').stats();
  return normed(channels.slice(0, 3).map(({ mean }) => mean));
}

function normed(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / length);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDuplicates } from '@wenlan/cleaning';
import type { Signature } from '@wenlan/cleaning';

// Exact, perceptual and MinHash dedup of argv[2] signatures, of which it is known what duplicates what.
const rows = Number(process.argv[2]);
const MAX_DISTANCE = 8;
const MAX_COLOR_DISTANCE = 20;
const COLOR_BYTES = 243;
const MIN_JACCARD = 0.8;

let state = 1;
function next(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const below = (limit: number): number => Math.floor(next() * limit);
const key = (): bigint => (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32));
const character = (): string => String.fromCharCode(0x4e00 + below(3500));
const bigrams = (text: string): Set<string> =>
  new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));

function jaccard(left: string, right: string): number {
  const [first, second] = [bigrams(left), bigrams(right)];
  let shared = 0;
  for (const gram of first) if (second.has(gram)) shared += 1;
  return shared / (first.size + second.size - shared);
}

/** A signature of its own, of a random text of 20 to 60 characters. */
function original(index: number): Signature {
  const look = { phash: key(), colors: Uint8Array.from({ length: COLOR_BYTES }, () => below(256)) };
  const text = Array.from({ length: 20 + below(41) }, character).join('');
  return {
    id: `pair-${index}`,
    source: 'web',
    imageUrl: `https://img.example/${index}.jpg`,
    imageKey: key(),
    urlKey: key(),
    pageKey: key(),
    picture: { whole: look, trimmed: look, trimmedWidth: 1, trimmedHeight: 1, pixels: 10_000 + below(1_000_000) },
    textKeys: [],
    textUnits: text.length,
    text,
  };
}

/** A copy of one of four kinds, as like as it may be unlike. */
function copy(kind: number, of: Signature, index: number): Signature {
  const other = original(index);
  if (kind === 0) return { ...other, imageKey: of.imageKey };
  if (kind === 1) return { ...other, urlKey: of.urlKey };
  if (kind === 2) {
    const { phash, colors } = of.picture!.whole;
    const bits = new Set<number>();
    while (bits.size < MAX_DISTANCE) bits.add(below(64));
    const look = {
      phash: [...bits].reduce((hash, bit) => hash ^ (1n << BigInt(bit)), phash),
      colors: colors.map((level) => Math.max(0, Math.min(255, level + below(2 * MAX_COLOR_DISTANCE + 1) - MAX_COLOR_DISTANCE))),
    };
    return { ...other, picture: { ...other.picture!, whole: look, trimmed: look } };
  }
  for (;;) {
    const characters = [...of.text!];
    const edits = 1 + below(3);
    for (let edit = 0; edit < edits; edit += 1) characters[below(characters.length)] = character();
    const text = characters.join('');
    if (jaccard(text, of.text!) >= MIN_JACCARD) return { ...other, text, textUnits: text.length };
  }
}

const kindOf = new Int8Array(rows).fill(-1);
const originOf = Int32Array.from({ length: rows }, (_, row) => row);

function* signatures(): Generator<Signature, void, undefined> {
  const recent: { signature: Signature; row: number }[] = [];
  for (let row = 0; row < rows; row += 1) {
    // Every other row is a copy of one of the thousand originals before it.
    if (row % 2 === 1) {
      const { signature, row: origin } = recent[below(recent.length)]!;
      // All copies of an original are of one kind, so that the recall of each step is its own.
      kindOf[row] = (origin / 2) % 4;
      originOf[row] = origin;
      yield copy(kindOf[row]!, signature, row);
    } else {
      const signature = original(row);
      recent.push({ signature, row });
      if (recent.length > 1000) recent.shift();
      yield signature;
    }
  }
}

// The making is timed apart and taken off: it costs as much as the work.
const makingStart = performance.now();
for (const { id } of signatures()) if (id === '') throw new Error('A signature has no id.');
const making = performance.now() - makingStart;
state = 1;

const folder = await mkdtemp(join(tmpdir(), 'wenlan-bench-dedup-'));
try {
  const start = performance.now();
  const found = await findDuplicates(signatures(), {
    rows,
    exact: true,
    picture: { maxDistance: MAX_DISTANCE, maxColorDistance: MAX_COLOR_DISTANCE, maxScale: 1.15 },
    text: { ngram: 2, minJaccard: MIN_JACCARD, minShingles: 8 },
    spill: { folder, memoryBytes: 32 << 20 },
  });
  const seconds = (performance.now() - start - making) / 1000;
  const hits = [0, 0, 0, 0];
  const all = [0, 0, 0, 0];
  let wrong = 0;
  // What is joined must have one origin, by way of copies.
  const root = (row: number): number => (originOf[row] === row ? row : root(originOf[row]!));
  for (let row = 0; row < rows; row += 1) {
    const kind = kindOf[row]!;
    if (root(found.survivorOf(row)) !== root(row)) wrong += 1;
    if (kind < 0) continue;
    all[kind]! += 1;
    if (found.survivorOf(row) === found.survivorOf(originOf[row]!)) hits[kind]! += 1;
  }
  const recall = (kind: number): number => (100 * hits[kind]!) / all[kind]!;
  const figures = {
    'recall exact: bytes %': recall(0),
    'recall exact: URL %': recall(1),
    'recall perceptual %': recall(2),
    'recall MinHash at J ≥ 0.8 %': recall(3),
    'joined wrongly': wrong,
    'peak RSS MB': Math.round(process.resourceUsage().maxRSS / 1000),
  };
  process.stdout.write(`${JSON.stringify({ items: rows, seconds, figures })}\n`);
} finally {
  await rm(folder, { recursive: true });
}

import { createHash } from 'node:crypto';
import { emptyPair } from '../../src/empty-pair.ts';
import { pairId } from '../../src/pair-id.ts';
import type { Pair } from '../../src/pair.ts';

/** Rows that differ from one another in every column, and that are the same in every process. */
export function sampleRows(count: number, imageBytes: number): Pair[] {
  return Array.from({ length: count }, (_, number) => {
    const imageUrl = `https://img.example/${number}.png`;
    const pageUrl = `https://news.example/${number >> 2}`;
    const image = sampleBytes(number, imageBytes);
    return emptyPair({
      id: pairId(imageUrl, pageUrl),
      source: number % 3 === 0 ? 'weibo' : 'news',
      outcome: number % 10 === 9 ? 'filtered:min-side' : 'ok',
      imageUrl,
      pageUrl,
      author: number % 3 === 0 ? `https://weibo.example/u/${number % 4}` : null,
      texts: [
        { kind: 'alt', text: `第${number}张图` },
        { kind: 'caption', text: '𠮷'.repeat(number % 5) },
      ],
      image: number % 7 === 6 ? null : image,
      mime: 'image/png',
      width: number,
      height: number * 2,
      sha256: number % 7 === 6 ? null : new Uint8Array(createHash('sha256').update(image).digest()),
      phash: BigInt(number % 256) << 56n,
      boxes: number % 2 === 0 ? [[0, 0.5, number, number + 0.25]] : null,
      fetchedAt: 1_700_000_000_000 + number,
      consent: { robots: 'allow', xRobotsTag: null, tdm: number % 2 === 0 ? '0' : null, license: null },
      scores: { aspect: number / 4, 'text.length': number },
      band: number % 2 === 0 ? 'weak' : null,
      cluster: number % 4 === 0 ? null : `C${number % 4}`,
    });
  });
}

/** Bytes that don't compress or repeat: a counter through SHA-256. */
function sampleBytes(number: number, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash('sha256').update(`${number} ${block}`).digest(),
  );
  return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
}

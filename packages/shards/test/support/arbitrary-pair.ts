import fc from 'fast-check';
import { BANDS, PLAIN_OUTCOMES, SOURCES, TEXT_KINDS } from '@wenlan/shards';
import type { Outcome, Pair } from '@wenlan/shards';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const bytes = (length: { minLength?: number; maxLength: number }): fc.Arbitrary<Uint8Array> => fc.uint8Array(length);
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(arbitrary, { nil: null });
const outcome = fc.oneof(
  fc.constantFrom<Outcome>(...PLAIN_OUTCOMES),
  text.filter((rule) => rule !== '').map((rule): Outcome => `filtered:${rule}`),
  text.filter((id) => id !== '').map((id): Outcome => `duplicate:${id}`),
);
const pixels = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const float32 = fc.float({ noDefaultInfinity: false });

/** A row of any content that can be stored. */
export const arbitraryPair: fc.Arbitrary<Pair> = fc.record(
  {
    id: text.filter((id) => id !== ''),
    source: fc.constantFrom(...SOURCES),
    pageUrl: orNull(text),
    imageUrl: orNull(text),
    author: orNull(text),
    texts: fc.array(fc.record({ kind: fc.constantFrom(...TEXT_KINDS), text }, { noNullPrototype: true }), { maxLength: 4 }),
    image: orNull(bytes({ maxLength: 300 })),
    mime: orNull(text),
    width: orNull(pixels),
    height: orNull(pixels),
    sha256: orNull(bytes({ minLength: 32, maxLength: 32 })),
    phash: orNull(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    boxes: orNull(fc.array(fc.tuple(float32, float32, float32, float32), { maxLength: 3 })),
    fetchedAt: orNull(fc.maxSafeInteger()),
    outcome,
    consent: orNull(
      fc.record(
        { robots: orNull(text), xRobotsTag: orNull(text), tdm: orNull(text), license: orNull(text) },
        { noNullPrototype: true },
      ),
    ),
    scores: fc.dictionary(text, float32, { maxKeys: 4, noNullPrototype: true }),
    band: orNull(fc.constantFrom(...BANDS)),
    cluster: orNull(text),
  },
  { noNullPrototype: true },
);

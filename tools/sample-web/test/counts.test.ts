import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleWeb } from '../src/index.ts';
import type { SampleWeb } from '../src/index.ts';
import { readConcepts } from '../src/material/concepts.ts';
import { walk } from './walk.ts';
import type { Candidate, Walk } from './walk.ts';

let web: SampleWeb;
let found: Walk;
let candidates: Candidate[];

beforeAll(async () => {
  web = await startSampleWeb({ seed: 1 });
  found = await walk(web);
  candidates = [...found.candidates.values()];
}, 60_000);
afterAll(() => web.close());

const concepts = readConcepts();
const conceptOfFile = new Map(concepts.flatMap((concept) => Object.values(concept.drawings).map((file) => [file, concept])));
/** As their makers published them, with the numbers of Weibo's looked up in the page's plan. */
const isPlain = ({ imageUrl }: Candidate): boolean =>
  /\.test\/(?:pic\/)?(?:apple|google|twemoji|openmoji|flags|large)\//.test(imageUrl);
const hasChinese = ({ own }: Candidate): boolean =>
  own.some((text) => /\p{Script=Han}/u.test(text.replaceAll(/\S*\.(?:jpg|png)/gi, '')));

describe('what a crawl finds', () => {
  it('has 8,000 to 11,000 candidates on at most 3,500 pages', () => {
    expect(candidates.length).toBeGreaterThanOrEqual(8_000);
    expect(candidates.length).toBeLessThanOrEqual(11_000);
    expect(found.pages.size).toBeLessThanOrEqual(3_500);
  });

  it('has at least 6,500 different pictures with a Chinese text', () => {
    const good = new Set(
      candidates.filter((candidate) => isPlain(candidate) && hasChinese(candidate)).map(({ imageUrl }) => imageUrl),
    );
    expect(good.size).toBeGreaterThanOrEqual(6_500);
  });

  it("shows Google's picture of at least 1,700 things, each on one entry with its label as caption, and nowhere else", () => {
    const google = candidates.filter(({ imageUrl }) => imageUrl.includes('/google/'));
    expect(new Set(google.map(({ imageUrl }) => imageUrl)).size).toBe(google.length);
    const captioned = google.filter(({ imageUrl, own }) => own.includes(conceptOfFile.get(imageUrl.split('/').at(-1)!)!.label));
    expect(captioned.length).toBeGreaterThanOrEqual(1_700);
    expect(google.every(({ pageUrl }) => pageUrl.startsWith('http://baike.wenlan.test/wiki/'))).toBe(true);
  });

  it("shows Apple's picture of every thing in a gallery with its label as caption", () => {
    const captioned = candidates.filter(
      ({ imageUrl, pageUrl, own }) =>
        imageUrl.includes('/apple/64/') &&
        decodeURIComponent(pageUrl).includes('图鉴') &&
        own.includes(conceptOfFile.get(imageUrl.split('/').at(-1)!)!.label),
    );
    expect(new Set(captioned.map(({ imageUrl }) => imageUrl)).size).toBe(concepts.length);
  });

  it('names about two thirds and more of the training pictures, and leaves posts weakly correlated', () => {
    const numbered = candidates.filter(
      (candidate) => isPlain(candidate) && !candidate.imageUrl.includes('/google/') && !candidate.imageUrl.includes('/large/'),
    );
    const named = numbered.filter(({ imageUrl, own }) => {
      const concept = conceptOfFile.get(imageUrl.split('/').at(-1)!);
      return concept === undefined
        ? own.length > 0
        : [concept.label, ...concept.tags].some((word) => own.some((text) => text.includes(word)));
    });
    expect(named.length / numbered.length).toBeGreaterThan(0.8);
    const posts = candidates.filter(({ imageUrl }) => imageUrl.includes('/large/'));
    const words = new Set(concepts.flatMap(({ label, tags }) => [label, ...tags]).filter((word) => word.length > 1));
    const naming = posts.filter(({ own }) => [...words].some((word) => own.some((text) => text.includes(word))));
    expect(naming.length / posts.length).toBeGreaterThan(0.3);
    expect(naming.length / posts.length).toBeLessThan(0.9);
  });

  it('has three training styles of nearly every thing', () => {
    const styles = concepts.filter(({ drawings }) => drawings.twemoji !== undefined);
    expect(styles.length / concepts.length).toBeGreaterThan(0.95);
    const vectors = new Set(
      candidates
        .filter(isPlain)
        .map(({ imageUrl }) => imageUrl)
        .filter((url) => url.endsWith('.svg')),
    );
    expect(vectors.size).toBeGreaterThan(1.9 * concepts.length);
  });

  it('spreads its pictures over the three sites', () => {
    const bySite = (host: string): number =>
      candidates.filter((candidate) => isPlain(candidate) && new URL(candidate.pageUrl).hostname === host).length;
    expect(bySite('baike.wenlan.test')).toBeGreaterThan(4_000);
    expect(bySite('news.wenlan.test')).toBeGreaterThan(800);
    expect(bySite('weibo.wenlan.test')).toBeGreaterThan(1_800);
  });
});

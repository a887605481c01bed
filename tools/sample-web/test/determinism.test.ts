import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSampleWeb } from '../src/index.ts';
import type { SampleWeb } from '../src/index.ts';
import { get, mapSome } from './get.ts';
import { walk } from './walk.ts';
import type { Walk } from './walk.ts';

let first: SampleWeb;
let second: SampleWeb;
let walked: Walk;

beforeAll(async () => {
  [first, second] = await Promise.all([startSampleWeb({ seed: 1 }), startSampleWeb({ seed: 1 })]);
  walked = await walk(first);
}, 60_000);
afterAll(() => Promise.all([first.close(), second.close()]));

const answerOf = async (web: SampleWeb, address: string): Promise<string> => {
  const { status, headers, body } = await get(web, address, { referer: 'http://weibo.wenlan.test/' });
  const { date: _date, ...stable } = headers;
  return `${status} ${JSON.stringify(stable)} ${createHash('sha256').update(body).digest('hex')}`;
};

describe('startSampleWeb', () => {
  it('gives the same bytes and headers for pages and pictures, started again on another port', async () => {
    const pictures = [...new Set([...walked.candidates.values()].map(({ imageUrl }) => imageUrl))];
    // Pictures as their makers published them are files; a part of these will do.
    const isMade = (url: string): boolean => !/\.test\/(?:pic\/)?(?:apple|google|twemoji|openmoji|flags|large)\//.test(url);
    const addresses = [...walked.pages.keys(), ...pictures.filter((url, index) => isMade(url) || index % 7 === 0)];
    expect(first.connectTo).not.toEqual(second.connectTo);
    const answers = await mapSome(addresses, async (address) => [
      await answerOf(first, address),
      await answerOf(second, address),
    ]);
    const differing = addresses.filter((_address, index) => answers[index]![0] !== answers[index]![1]);
    expect(differing).toEqual([]);
  }, 60_000);

  it('writes its port on no page', () => {
    const ports = Object.values(first.connectTo).map((target) => target.split(':')[1]!);
    const telling = [...walked.pages].filter(([, { text, location }]) =>
      ports.some((port) => text.includes(`:${port}`) || location?.includes(port)),
    );
    expect(telling.map(([address]) => address)).toEqual([]);
  });

  it('puts other sentences on the same pages under another seed', async () => {
    const other = await startSampleWeb({ seed: 2 });
    try {
      const address = `http://baike.wenlan.test/wiki/${encodeURIComponent('熊猫')}`;
      const [ours, theirs] = await Promise.all([get(first, address), get(other, address)]);
      expect(ours.status).toBe(200);
      expect(theirs.status).toBe(200);
      expect(ours.body.equals(theirs.body)).toBe(false);
    } finally {
      await other.close();
    }
  });

  it('takes the port that it is given, and says when it is taken', async () => {
    const port = Number(first.connectTo['img.wenlan.test']!.split(':')[1]);
    await expect(startSampleWeb({ seed: 1, port })).rejects.toThrow('EADDRINUSE');
  });

  it('packs pages for who can unpack them, sends heads without bodies, and refuses what is no question', async () => {
    const address = 'http://news.wenlan.test/life/';
    const [plain, packed, head, post] = await Promise.all([
      get(first, address),
      get(first, address, { 'accept-encoding': 'gzip, br' }),
      get(first, address, {}, 'HEAD'),
      get(first, address, {}, 'POST'),
    ]);
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect([head.body.length, Number(head.headers['content-length'])]).toEqual([0, plain.body.length]);
    expect(post.status).toBe(405);
    expect((await get(first, 'http://img.wenlan.test/', { host: 'elsewhere.test' })).status).toBe(404);
  });
});

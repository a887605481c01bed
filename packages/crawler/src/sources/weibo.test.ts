import { describe, expect, it } from 'vitest';
import { extract, linksOf, pageOf, textsOf } from '../../test/support/page-of.ts';
import { largePicture } from './weibo-picture.ts';
import { weibo } from './weibo.ts';

const API = 'https://m.weibo.test/api/container/getIndex?containerid=1076031';
const answer = (cards: unknown[], cardlistInfo: unknown = {}): string => JSON.stringify({ ok: 1, data: { cards, cardlistInfo } });
const picture = (number: number) => ({
  pid: `p${number}`,
  url: `https://wx1.sinaimg.cn/orj360/p${number}.jpg`,
  large: { url: `https://wx1.sinaimg.cn/large/p${number}.jpg` },
});
const extractFrom = (json: string, url = API, more = {}) => extract(weibo, pageOf(url, json, {}, more));

describe('posts', () => {
  it('of nine pictures give each the text and its hashtags, in their largest size', async () => {
    const post = {
      id: '42',
      user: { id: 1_234, screen_name: '熊猫' },
      text: '<a href="/search">#大熊猫#</a> 今天去看了<span class="url-icon"><img alt="[心]" src="x.png"></span><br />很可爱 &amp; 很圆 #大熊猫# #四川#',
      pics: Array.from({ length: 9 }, (_, number) => picture(number)),
    };
    const { candidates } = await extractFrom(answer([{ card_type: 9, mblog: post }]));
    expect(candidates.map(({ imageUrl }) => imageUrl)).toEqual(
      Array.from({ length: 9 }, (_, number) => `https://wx1.sinaimg.cn/large/p${number}.jpg`),
    );
    expect(textsOf(candidates[8]!)).toEqual([
      'post:#大熊猫# 今天去看了[心] 很可爱 & 很圆 #大熊猫# #四川#',
      'tag:大熊猫',
      'tag:四川',
    ]);
    expect(candidates[8]).toMatchObject({
      pageUrl: 'https://m.weibo.test/detail/42',
      author: 'https://m.weibo.test/u/1234',
      referer: 'https://m.weibo.test/',
    });
  });

  it('in groups of cards, in searches, and with their pictures in an object', async () => {
    const group = answer([
      {
        card_group: [
          { mblog: { id: 1, text: '一', pics: { 0: picture(1), 1: picture(2) } } },
          { card_group: [{ mblog: { id: 2, pics: [picture(3)] } }] },
        ],
      },
    ]);
    expect((await extractFrom(group)).candidates.map(({ imageUrl }) => imageUrl.slice(-6))).toEqual([
      'p1.jpg',
      'p2.jpg',
      'p3.jpg',
    ]);
    const statuses = JSON.stringify({ ok: 1, data: { statuses: [{ id: 3, text: '三', pics: [picture(4)] }] } });
    expect((await extractFrom(statuses)).candidates.map(textsOf)).toEqual([['post:三']]);
  });

  it('list by id the pictures beyond nine', async () => {
    const { candidates } = await extractFrom(
      answer([{ mblog: { id: 1, text: '多', pics: [picture(1)], pic_ids: ['p1', 'p10'] } }]),
    );
    expect(candidates.map(({ imageUrl }) => imageUrl)).toEqual([
      'https://wx1.sinaimg.cn/large/p1.jpg',
      'https://wx1.sinaimg.cn/large/p10.jpg',
    ]);
  });

  it('of a retweet are the pictures of the original, with both texts', async () => {
    const retweet = { id: 2, text: '真好看', retweeted_status: { id: 1, text: '今天的#晚霞#', pics: [picture(1)] } };
    const { candidates } = await extractFrom(answer([{ mblog: retweet }]));
    expect(candidates.map((candidate) => [candidate.pageUrl, ...textsOf(candidate)])).toEqual([
      ['https://m.weibo.test/detail/1', 'post:今天的#晚霞#', 'post:真好看', 'tag:晚霞'],
    ]);
  });

  it('of a retweet of what is gone, or without text or pictures, are nothing', async () => {
    const cards = [
      { mblog: { id: 1, text: '转', retweeted_status: { id: 2, text: '抱歉，此微博已被作者删除。' } } },
      { mblog: { id: 3 } },
      {},
      { mblog: { pics: [{}] } },
    ];
    expect((await extractFrom(answer(cards))).candidates).toEqual([]);
  });

  it('that are long are asked for in full', async () => {
    const long = (id: number, more = {}) => ({
      mblog: { id, text: '开头...全文', isLongText: true, pics: [picture(id)], ...more },
    });
    const { candidates } = await extractFrom(
      answer([long(1), long(2), long(3), long(4, { longText: { longTextContent: '就在<br/>这里' } })]),
      API,
      {
        'https://m.weibo.test/statuses/extend?id=1': JSON.stringify({ ok: 1, data: { longTextContent: '完整的<br />内容' } }),
        'https://m.weibo.test/statuses/extend?id=2': '<html>error',
      },
    );
    expect(candidates.map(textsOf)).toEqual([
      ['post:完整的 内容'],
      ['post:开头...全文'],
      ['post:开头...全文'],
      ['post:就在 这里'],
    ]);
  });
});

describe('paging', () => {
  const post = { mblog: { id: 1, text: '一' } };
  it.each([
    ['by cursor', [post], { since_id: 4711, page: 2 }, [`${API}&since_id=4711`]],
    ['by page', [post], { page: 2 }, [`${API}&page=2`]],
    ['at the end', [post], { since_id: 0, page: 1 }, []],
    ['at the end, said otherwise', [post], { since_id: '', page: null }, []],
    ['of an empty page', [], { since_id: 4711 }, []],
    ['of an only page', [post], undefined, []],
  ])('%s', async (_, cards, info, links) => {
    expect(linksOf(await extractFrom(answer(cards, info)))).toEqual(links);
  });

  it('replaces the cursor, and asks as the site asks itself', async () => {
    const { links } = await extractFrom(answer([post], { since_id: 8 }), `${API}&since_id=7`);
    expect(links).toEqual([
      {
        url: `${API}&since_id=8`,
        headers: expect.objectContaining({ 'x-requested-with': 'XMLHttpRequest' }) as Record<string, string>,
      },
    ]);
  });
});

describe('a refusal', () => {
  it.each([
    ['{"ok": -100, "url": "https://passport.weibo.test"}', 'the site asks for a login'],
    ['{"ok": 0, "msg": "请求过于频繁"}', 'the site says 请求过于频繁'],
    ['{"ok": 0}', 'the site says ok: 0'],
  ])('%s', async (json, message) => {
    await expect(extractFrom(json)).rejects.toThrow(message);
  });

  it('in HTML', async () => {
    await expect(extractFrom('<html>Sina Visitor System</html>')).rejects.toThrow(SyntaxError);
  });
});

it('seeds are users, containers, or addresses of the API', () => {
  const seeds = [
    'https://m.weibo.test/u/12',
    'https://m.weibo.test/profile/12?x',
    'https://m.weibo.test/p/102803',
    'https://m.weibo.test/api/container/getIndex?containerid=9',
  ];
  const urls = weibo.seedRequests({ name: 'w', kind: 'weibo', seeds }).map(({ url }) => url.replace(/^.*containerid=/, ''));
  expect(urls).toEqual(['10760312', '10760312', '102803', '9']);
  const desktop = weibo.seedRequests({ name: 'w', kind: 'weibo', seeds: ['https://weibo.com/u/12'] });
  expect(desktop[0]!.url).toBe('https://m.weibo.cn/api/container/getIndex?containerid=10760312');
});

describe(largePicture, () => {
  it.each([
    [{ url: 'https://wx2.sinaimg.cn/orj360/a.jpg' }, 'https://wx2.sinaimg.cn/large/a.jpg'],
    [{ url: 'https://ww1.sinaimg.cn/thumb150/a.gif' }, 'https://ww1.sinaimg.cn/large/a.gif'],
    [{ url: 'http://img.test/s/a.jpg' }, 'http://img.test/s/a.jpg'],
    [{ url: '//wx1.sinaimg.cn/mw690/a.jpg' }, 'https://wx1.sinaimg.cn/large/a.jpg'],
    [{ pid: 'a' }, 'https://wx1.sinaimg.cn/large/a.jpg'],
    [{}, null],
  ])('of %j is %s', (found, url) => {
    expect(largePicture(found, 'https://m.weibo.test/')).toBe(url);
  });
});

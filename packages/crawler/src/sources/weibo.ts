import { load } from 'cheerio/slim';
import type { PairText } from '@wenlan/shards';
import { ofKind } from '../html/picture-candidates.ts';
import type { Page } from './page.ts';
import type { Candidate, PageRequest, SourceAdapter } from './source-adapter.ts';
import { largePicture } from './weibo-picture.ts';

/** What m.weibo.cn answers, as far as it is read; everything may be missing. */
interface Answer {
  ok?: number;
  msg?: string;
  data?: {
    cards?: Card[];
    cardlistInfo?: { since_id?: number | string; page?: number | string | null; containerid?: string };
    statuses?: Post[];
    longTextContent?: string;
  };
}

interface Card {
  mblog?: Post;
  card_group?: Card[];
}

interface Post {
  id?: string | number;
  bid?: string;
  text?: string;
  isLongText?: boolean;
  longText?: { longTextContent?: string };
  pics?: Picture[] | Record<string, Picture>;
  pic_ids?: string[];
  retweeted_status?: Post;
  user?: { id?: string | number };
}

interface Picture {
  pid?: string;
  url?: string;
  large?: { url?: string };
}

const API_HEADERS = { accept: 'application/json, text/plain, */*', 'x-requested-with': 'XMLHttpRequest', 'mweibo-pwa': '1' };
/** The container of a user's posts is this and the user's number. */
const USER_POSTS = '107603';
const HASHTAG = /#([^#\n]{1,60})#/g;
const MAX_CARD_DEPTH = 3;

/**
 * Weibo's mobile site (m.weibo.cn), which answers JSON. A seed is a user's page (`/u/ID`, `/profile/ID`; of weibo.com too), a
 * container's page (`/p/ID`) or an address of its API. Takes the pictures of posts, up to nine and more, in their largest size, with the text of
 * the post (the long text where it has one) and its hashtags; of a retweet the pictures of the original with both texts.
 * Follows the paging by cursor or page. A site that wants a login ends the container there.
 */
export const weibo: SourceAdapter = {
  kind: 'weibo',
  seedRequests: ({ seeds }) => seeds.map((seed) => ({ url: apiUrl(seed), headers: API_HEADERS })),
  async extract(page) {
    const answer = page.json() as Answer;
    // The end of a list is `ok: 0` with no cards; what has no list at all is a refusal.
    if (answer.ok === -100) throw new Error('the site asks for a login');
    if (answer.data === undefined) throw new Error(`the site says ${answer.msg ?? `ok: ${answer.ok}`}`);
    const posts = [...postsOf(answer.data.cards ?? []), ...(answer.data.statuses ?? [])];
    const candidates: Candidate[] = [];
    for (const post of posts) candidates.push(...(await candidatesOf(post, page)));
    return { candidates, links: posts.length === 0 ? [] : nextPage(page.url, answer) };
  },
};

function apiUrl(seed: string): string {
  const url = new URL(seed);
  if (/^(?:www\.)?weibo\.com$/.test(url.hostname)) url.hostname = 'm.weibo.cn';
  const user = /^\/(?:u|profile)\/(\d+)/.exec(url.pathname)?.[1];
  const container = user === undefined ? /^\/p\/(\w+)/.exec(url.pathname)?.[1] : USER_POSTS + user;
  if (container === undefined) return seed;
  return new URL(`/api/container/getIndex?containerid=${container}`, url).href;
}

function nextPage(url: string, { data }: Answer): PageRequest[] {
  const { since_id: cursor, page } = data?.cardlistInfo ?? {};
  const next = new URL(url);
  if (cursor !== undefined && cursor !== '' && String(cursor) !== '0') next.searchParams.set('since_id', String(cursor));
  else if (page !== undefined && page !== null && Number(page) > 1) next.searchParams.set('page', String(page));
  else return [];
  return [{ url: next.href, headers: API_HEADERS }];
}

function postsOf(cards: readonly Card[], depth = 0): Post[] {
  if (depth > MAX_CARD_DEPTH) return [];
  return cards.flatMap(({ mblog, card_group: group }) => [
    ...(mblog === undefined ? [] : [mblog]),
    ...postsOf(group ?? [], depth + 1),
  ]);
}

async function candidatesOf(post: Post, page: Page): Promise<Candidate[]> {
  const text = await textOf(post, page);
  const original = post.retweeted_status;
  if (original === undefined) return pictures(post, textsOf([text]), page.url);
  const originalText = await textOf(original, page);
  return [...pictures(post, textsOf([text]), page.url), ...pictures(original, textsOf([originalText, text]), page.url)];
}

function textsOf(posts: readonly string[]): PairText[] {
  const tags = posts.flatMap((post) => [...post.matchAll(HASHTAG)].map(([, tag]) => tag!.trim()));
  return [...ofKind('post', posts), ...ofKind('tag', [...new Set(tags)])];
}

function pictures(post: Post, texts: PairText[], url: string): Candidate[] {
  const { origin } = new URL(url);
  const listed = Array.isArray(post.pics) ? post.pics : Object.values(post.pics ?? {});
  const listedIds = new Set(listed.map(({ pid }) => pid));
  const others = (post.pic_ids ?? []).filter((pid) => !listedIds.has(pid)).map((pid): Picture => ({ pid }));
  const id = post.id ?? post.bid;
  const author = post.user?.id === undefined ? null : `${origin}/u/${post.user.id}`;
  return [...listed, ...others].flatMap((picture) => {
    const imageUrl = largePicture(picture, url);
    if (imageUrl === null) return [];
    const pageUrl = id === undefined ? url : `${origin}/detail/${id}`;
    // The picture servers of Weibo answer 403 to whoever doesn't come from there.
    return [{ imageUrl, pageUrl, author, texts, referer: `${origin}/` }];
  });
}

/** What a post says, without its markup. */
async function textOf(post: Post, page: Page): Promise<string> {
  return plainText((await longText(post, page)) ?? post.text ?? '');
}

async function longText(post: Post, page: Page): Promise<string | undefined> {
  if (post.isLongText !== true || post.id === undefined) return undefined;
  if (post.longText?.longTextContent !== undefined) return post.longText.longTextContent;
  const more = await page.fetch({ url: new URL(`/statuses/extend?id=${post.id}`, page.url).href, headers: API_HEADERS });
  try {
    return (more?.json() as Answer | undefined)?.data?.longTextContent;
  } catch {
    // The beginning of the post, which the list has, is better than nothing.
    return undefined;
  }
}

/** Emoticons are pictures whose alternative text (`[doge]`) is how they are typed; they aren't candidates. */
function plainText(html: string): string {
  const $ = load(html);
  $('img[alt]').each((_, image) => void $(image).replaceWith($('<span>').text(image.attribs['alt']!)));
  $('br').replaceWith('\n');
  return $.root().text();
}

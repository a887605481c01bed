import { escape } from '../html.ts';
import { PICTURE_HOST } from '../pictures/picture-address.ts';
import type { Drawing } from '../pictures/picture-address.ts';
import { pictureUrl } from '../pictures/picture-address.ts';
import type { Plan, Shown } from '../plan.ts';
import { Dice, hash32 } from '../random.ts';
import { html, json, notFound, text } from '../reply.ts';
import type { Reply, Site } from '../reply.ts';
import { COMMENTS, NICKNAMES } from '../words/weibo-words.ts';
import { ACCOUNTS, EMPTY_ACCOUNT, PRIVATE_ACCOUNT } from './accounts.ts';
import type { Account } from './accounts.ts';
import { at } from './post-markup.ts';
import { postsOf } from './posts.ts';
import type { Post } from './posts.ts';

export const WEIBO_ORIGIN = 'http://weibo.wenlan.test';

const ROBOTS = 'User-agent: *\nDisallow: /api/comments/\nDisallow: /login\nAllow: /\n';
const PER_PAGE = 10;
/** The container of an account's posts is this and its number. */
const POSTS_CONTAINER = '107603';
const HOT_CONTAINER = '102803';
const RETWEET_SHARE = 0.12;
const RETWEETS_OF_OTHERS = 3;
const HOT_POSTS = 20;
const FIRST_MINUTE = Date.UTC(2026, 8, 1);

/** Where a crawl of the site begins. */
export const WEIBO_SEEDS: readonly string[] = [
  ...[...ACCOUNTS.map(({ id }) => id), PRIVATE_ACCOUNT, EMPTY_ACCOUNT].map((id) => `${WEIBO_ORIGIN}/u/${id}`),
  `${WEIBO_ORIGIN}/p/${HOT_CONTAINER}`,
];

/** A card of a list: a post, or one that passes a post on. */
interface Card {
  id: string;
  mblog: Record<string, unknown>;
}

export interface Weibo {
  site: Site;
  /** The pictures of all posts, by their number. */
  pictures: ReadonlyMap<string, Drawing>;
}

/** A microblog that answers as m.weibo.cn does. */
export function weiboSite(plan: Plan): Weibo {
  const postsByAccount = postsOf(plan);
  const posts = [...postsByAccount.values()].flat();
  const postById = new Map(posts.map((post) => [post.id, post]));
  const pictures = new Map(
    posts.flatMap((post) => post.pictures).map((shown) => [pictureNumber(plan.seed, shown.drawing), shown.drawing]),
  );
  const containers = new Map<string, readonly (() => Card)[]>();
  for (const [account, own] of postsByAccount)
    containers.set(POSTS_CONTAINER + account.id, cardsOf(plan.seed, account, own, posts));
  const hot = new Dice(plan.seed, 'hot').sample(posts, HOT_POSTS);
  containers.set(
    HOT_CONTAINER,
    hot.map((post) => () => plainCard(plan.seed, post)),
  );
  const accountById = new Map(ACCOUNTS.map((account) => [account.id, account]));

  const site: Site = ({ url }) => {
    const { pathname, searchParams } = url;
    if (pathname === '/robots.txt') return text(ROBOTS, 'text/plain; charset=utf-8');
    if (pathname === '/api/container/getIndex') return container(searchParams);
    if (pathname === '/statuses/extend') return extend(postById.get(searchParams.get('id') ?? ''));
    if (pathname === '/statuses/show') return show(postById.get(searchParams.get('id') ?? ''));
    const [, kind, id] = /^\/(u|profile|detail|status)\/(\d+)$/.exec(pathname) ?? [];
    if (kind === 'u' || kind === 'profile') return accountPage(accountById.get(id!));
    const post = postById.get(id ?? '');
    return post === undefined ? notFound('微博不存在或暂无查看权限') : detailPage(post);
  };
  return { site, pictures };

  function container(query: URLSearchParams): Reply {
    const user = query.get('type') === 'uid' ? (query.get('value') ?? '') : '';
    const id = query.get('containerid') ?? POSTS_CONTAINER + user;
    if (id === POSTS_CONTAINER + PRIVATE_ACCOUNT) return json({ ok: -100, url: 'https://passport.weibo.com/sso/signin' });
    const cards = containers.get(id);
    if (cards === undefined) return json({ ok: 0, msg: '这里还没有内容', data: { cards: [] } });
    return listReply(id, cards, query.get('since_id'));
  }

  function extend(post: Post | undefined): Reply {
    if (post === undefined) return json({ ok: 0, msg: '微博不存在' });
    return json({
      ok: 1,
      data: {
        ok: 1,
        longTextContent: post.longText ?? post.text,
        reposts_count: post.minutes % 97,
        comments_count: post.minutes % 41,
        attitudes_count: post.minutes % 883,
      },
    });
  }

  function show(post: Post | undefined): Reply {
    return post === undefined ? json({ ok: 0, msg: '微博不存在' }) : json({ ok: 1, data: mblog(plan.seed, post) });
  }

  function detailPage(post: Post): Reply {
    const status = JSON.stringify([{ status: mblog(plan.seed, post), call: 1 }]).replaceAll('<', '\\u003c');
    return html(
      `<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>微博正文 - 文澜微博</title></head><body><div id="app"></div><script>var $render_data = ${status}[0] || {};</script></body></html>`,
    );
  }
}

function accountPage(account: Account | undefined): Reply {
  if (account === undefined) return notFound('用户不存在');
  return html(
    `<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>${escape(account.name)}的微博</title></head><body><div id="app">${escape(account.description)}</div><noscript>请开启脚本后浏览</noscript></body></html>`,
  );
}

function cardsOf(seed: number, account: Account, own: readonly Post[], all: readonly Post[]): (() => Card)[] {
  const dice = new Dice(seed, 'cards', account.id);
  const cards = own.map((post) =>
    dice.chance(RETWEET_SHARE) ? () => retweetCard(seed, account, post) : () => plainCard(seed, post),
  );
  const others = dice.sample(
    all.filter((post) => post.account !== account),
    RETWEETS_OF_OTHERS,
  );
  for (const post of others) cards.splice(dice.integer(0, cards.length), 0, () => retweetCard(seed, account, post));
  return cards;
}

function listReply(id: string, cards: readonly (() => Card)[], since: string | null): Reply {
  const start = since === null ? 0 : Number(since);
  const page = cards.slice(start, start + PER_PAGE).map((card) => card());
  if (page.length === 0) return json({ ok: 0, msg: '这里还没有内容', data: { cards: [] } });
  const next = start + PER_PAGE < cards.length ? start + PER_PAGE : undefined;
  return json({
    ok: 1,
    data: {
      cardlistInfo: {
        containerid: id,
        v_p: 42,
        show_style: 1,
        total: cards.length,
        autoLoadMoreIndex: 10,
        ...(next !== undefined && { since_id: next }),
      },
      cards: [
        // The list begins with what it is about and holds suggestions of whom to follow.
        ...(start === 0 ? [{ card_type: 58, title: '全部微博', itemid: '' }] : []),
        ...page.map(({ id: postId, mblog: post }, index) => {
          const card = { card_type: 9, itemid: `${id}_-_${postId}`, scheme: `https://m.weibo.cn/status/${postId}`, mblog: post };
          return index === PER_PAGE - 1
            ? { card_type: 11, show_type: 1, card_group: [{ card_type: 42, desc: '相关推荐' }, card] }
            : card;
        }),
      ],
      scheme: `sinaweibo://cardlist?containerid=${id}`,
      showAppTips: 0,
    },
  });
}

const plainCard = (seed: number, post: Post): Card => ({ id: post.id, mblog: mblog(seed, post) });

/** A post of somebody else, passed on with a word or without. */
function retweetCard(seed: number, account: Account, post: Post): Card {
  const dice = new Dice(seed, 'retweet', account.id, post.id);
  const id = String(BigInt(post.id) + 1_000_000_007n);
  const comment = `${dice.pick(COMMENTS)}${dice.chance(0.4) ? `//${at(dice.pick(NICKNAMES))}:${dice.pick(COMMENTS)}` : ''}`;
  const own = { ...post, id, account, text: comment, longText: null, pictures: [] };
  const original =
    post.account === account
      ? { ...mblog(seed, post), user: { id: hash32(post.id), screen_name: dice.pick(NICKNAMES) } }
      : mblog(seed, post);
  return { id, mblog: { ...mblog(seed, own), retweeted_status: original } };
}

function mblog(seed: number, post: Post): Record<string, unknown> {
  const { id, account, text: words, longText, pictures, minutes } = post;
  const pics = pictures.map((shown) => picture(seed, shown));
  return {
    visible: { type: 0, list_id: 0 },
    created_at: createdAt(minutes),
    id,
    mid: id,
    bid: BigInt(id).toString(36),
    can_edit: false,
    text: words,
    textLength: words.length,
    source: 'iPhone客户端',
    isLongText: longText !== null,
    reposts_count: minutes % 97,
    comments_count: minutes % 41,
    attitudes_count: minutes % 883,
    mblogtype: 0,
    user: {
      id: Number(account.id),
      screen_name: account.name,
      profile_url: `https://m.weibo.cn/u/${account.id}`,
      description: account.description,
      verified: false,
    },
    pic_num: pics.length,
    pic_ids: pics.map(({ pid }) => pid),
    // Lists of pictures come as objects, too.
    ...(pics.length > 0 && { thumbnail_pic: pics[0]!.url, pics: minutes % 11 === 0 ? Object.fromEntries(pics.entries()) : pics }),
  };
}

function picture(
  seed: number,
  { drawing, form }: Shown,
): { pid: string; url: string; size: string; large: { size: string; url: string } } {
  const pid = pictureNumber(seed, drawing);
  const name = `${pid}${drawing.file.slice(-4)}`;
  // Broken pictures lie where the others do; the number doesn't show it.
  const [small, large] =
    form === undefined
      ? [`http://${PICTURE_HOST}/orj360/${name}`, `http://${PICTURE_HOST}/large/${name}`]
      : [pictureUrl(drawing, form), pictureUrl(drawing, form)];
  return { pid, url: small, size: 'orj360', large: { size: 'large', url: large } };
}

/** As Weibo numbers pictures: 22 digits and letters. */
function pictureNumber(seed: number, { vendor, file }: Drawing): string {
  const parts = ['a', 'b', 'c', 'd'].map((salt) => hash32(seed, salt, vendor, file).toString(36).padStart(7, '0'));
  return `006${parts.join('')}`.slice(0, 22);
}

/** As Weibo writes dates: Mon Nov 02 10:23:45 +0800 2026. */
function createdAt(minutes: number): string {
  const [weekday, day, month, year, time] = new Date(FIRST_MINUTE + minutes * 60_000).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} +0800 ${year}`;
}

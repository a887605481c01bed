import { groupBy } from '../group-by.ts';
import type { Concept } from '../material/concepts.ts';
import type { Plan, Shown } from '../plan.ts';
import { flawed } from '../plan.ts';
import { Dice } from '../random.ts';
import { city, fill } from '../words/fill.ts';
import {
  ADVERTS,
  EMOTICONS,
  GENERAL_TOPICS,
  NAMING,
  NICKNAMES,
  OCCASIONS,
  TAILS,
  TOPICAL_OCCASIONS,
} from '../words/weibo-words.ts';
import type { Account } from './accounts.ts';
import { ACCOUNTS } from './accounts.ts';
import { at, emoticon, hashtag, webLink } from './post-markup.ts';

export interface Post {
  id: string;
  account: Account;
  /** HTML, as the site's JSON has it. */
  text: string;
  /** What a reader sees after opening a long one; null if `text` is all. */
  longText: string | null;
  pictures: readonly Shown[];
  /** How long after the first post, in minutes. */
  minutes: number;
}

/** How many pictures a post has. */
const SIZES = [1, 1, 2, 2, 3, 3, 4, 6, 9] as const;
const FIRST_ID = 5_093_000_000_000_000n;
const TOPIC_SHARE = 0.26;
const NAMING_SHARE = 0.2;
const BRACKET_SHARE = 0.06;
const LONG_SHARE = 0.07;
/** Of posts with a picture that another post has too, or that is broken. */
const FLAWED_SHARE = 0.2;

/** All posts with pictures, by account, the newest first. */
export function postsOf(plan: Plan): Map<Account, Post[]> {
  const byGroup = groupBy(plan.weibo, ({ concept }) => concept.group);
  const posts = new Map<Account, Post[]>();
  let serial = 0;
  for (const account of ACCOUNTS) {
    const dice = new Dice(plan.seed, 'weibo', account.id);
    const pool = account.groups.flatMap((group) => byGroup.get(group) ?? []);
    const bySubgroup = groupBy(pool, ({ concept }) => concept.subgroup);
    const own: Post[] = [];
    for (const members of dice.shuffle([...bySubgroup.values()])) {
      let waiting = dice.shuffle(members);
      while (waiting.length > 0) {
        const pictures = waiting.slice(0, dice.pick(SIZES));
        waiting = waiting.slice(pictures.length);
        const extra = pictures.length < 9 && dice.chance(FLAWED_SHARE) ? [flawed(dice.pick(pool).concept, dice)] : [];
        serial += 1;
        own.push(postOf(plan.seed, account, serial, [...pictures, ...extra]));
      }
    }
    posts.set(account, own.reverse());
  }
  return posts;
}

function postOf(seed: number, account: Account, serial: number, pictures: readonly Shown[]): Post {
  const dice = new Dice(seed, 'post', serial);
  const slots = { city: city(dice) };
  const concepts = pictures.map(({ concept }) => concept);
  const group = concepts[0]!.group;
  const occasion = fill(dice.pick(dice.chance(0.35) ? TOPICAL_OCCASIONS[group]! : OCCASIONS), slots, dice);
  const pieces = [occasion, ...correlation(concepts, dice)];
  if (dice.chance(0.3)) pieces.push(emoticon(dice.pick(EMOTICONS)).repeat(dice.integer(1, 3)));
  if (dice.chance(0.12)) pieces.push(at(dice.pick(NICKNAMES)));
  if (dice.chance(0.1)) pieces.push(webLink(serial));
  if (dice.chance(0.05)) pieces.push(fill(dice.pick(TAILS), slots, dice));
  const text = dice.chance(0.03) ? fill(dice.pick(ADVERTS), slots, dice) : pieces.join(dice.chance(0.3) ? '<br />' : ' ');
  const id = String(FIRST_ID + BigInt(serial) * 7_919_331n);
  const more = [OCCASIONS, TOPICAL_OCCASIONS[group]!, OCCASIONS].map((list) => fill(dice.pick(list), slots, dice)).join('。');
  const isLong = dice.chance(LONG_SHARE);
  return {
    id,
    account,
    text: isLong
      ? `${text.slice(0, text.lastIndexOf('<') > 0 ? text.indexOf('<') : 40)}...<a href="/status/${id}">全文</a>`
      : text,
    longText: isLong ? `${text}<br />${more}` : null,
    pictures,
    minutes: serial * 47,
  };
}

/** What ties the text to the pictures, if anything does. */
function correlation(concepts: readonly Concept[], dice: Dice): string[] {
  const draw = dice.next();
  if (draw < TOPIC_SHARE) {
    const common = concepts[0]!.tags.filter((tag) => tag.length > 1 && concepts.every(({ tags }) => tags.includes(tag)));
    return [hashtag(concepts.length === 1 ? concepts[0]!.label : (common[0] ?? concepts[0]!.tags[0] ?? concepts[0]!.label))];
  }
  if (draw < TOPIC_SHARE + NAMING_SHARE) {
    const names = concepts.slice(0, 3).map(({ label }) => label);
    const listed = names.length > 1 ? `${names.slice(0, -1).join('、')}和${names.at(-1)}` : names[0]!;
    return [fill(dice.pick(NAMING), { names: listed }, dice)];
  }
  if (draw < TOPIC_SHARE + NAMING_SHARE + BRACKET_SHARE)
    return [`${emoticon(concepts[0]!.label, concepts[0]!.drawings.apple)}就是它了`];
  return dice.chance(0.3) ? [hashtag(dice.pick(GENERAL_TOPICS))] : [];
}

import { groupBy } from '../group-by.ts';
import { pictureUrl } from '../pictures/picture-address.ts';
import type { Entry, Plan } from '../plan.ts';
import { Dice } from '../random.ts';
import { html, notFound, redirect, text } from '../reply.ts';
import type { Reply, Site } from '../reply.ts';
import { collectionPages } from './collections.ts';
import { entryPage } from './entry-page.ts';
import type { EntryNeighbours } from './entry-page.ts';
import { STYLESHEET, wikiPath } from './layout.ts';

const ROBOTS = `User-agent: *
Disallow: /w/
Disallow: /wiki/Special:
Disallow: /wiki/%E8%8D%89%E7%A8%BF:
`;
const SIMILAR = 6;
const ALIASES = 40;
/** Shares of entries that link to another by its other name, to a page that nobody wrote, to one that redirects in a circle. */
const ALIAS_LINK_SHARE = 0.05;
const RED_LINK_SHARE = 0.012;
const LOOP_LINK_SHARE = 0.002;
const LOOP = ['异体字', '异体字（消歧义）'] as const;
const SLOW_MILLIS = 1_500;

/** An encyclopedia of everything that has been drawn, laid out as MediaWiki does. */
export function encyclopediaSite(plan: Plan): Site {
  const pages = new Map<string, () => Reply>();
  const dice = new Dice(plan.seed, 'encyclopedia');
  const aliases = aliasesOf(plan, dice);
  for (const [alias, title] of aliases) pages.set(alias, () => redirect(wikiPath(title)));
  pages.set(LOOP[0], () => redirect(wikiPath(LOOP[1]), 302));
  pages.set(LOOP[1], () => redirect(wikiPath(LOOP[0]), 302));
  const slow = dice.pick(plan.entries);
  for (const category of groupBy(plan.entries, ({ concepts: [main] }) => main.subgroup).values()) {
    for (const entry of category) {
      const neighbours = neighboursOf(entry, category, [...aliases.keys()], plan.seed);
      pages.set(entry.title, () => ({
        ...html(entryPage(plan.seed, entry, neighbours)),
        ...(entry === slow && { delayMillis: SLOW_MILLIS }),
      }));
    }
  }
  for (const [title, render] of collectionPages(plan)) pages.set(title, () => html(render()));

  return ({ url: { pathname } }) => {
    if (pathname === '/robots.txt') return text(ROBOTS, 'text/plain; charset=utf-8');
    if (pathname === '/static/baike.css') return text(STYLESHEET, 'text/css; charset=utf-8');
    if (pathname === '/') return redirect(wikiPath('首页'), 302);
    const file = /^\/wiki\/File:([\w-]+\.png)$/.exec(pathname)?.[1];
    if (file !== undefined) return redirect(pictureUrl({ vendor: 'google', file }), 302);
    return pages.get(titleOf(pathname))?.() ?? notFound('文澜百科没有这个条目');
  };
}

/** The title in a path; the path itself where it isn't well formed. */
function titleOf(pathname: string): string {
  try {
    return decodeURIComponent(pathname).replace(/^\/wiki\//, '');
  } catch {
    return pathname;
  }
}

/** Other words for entries, which redirect to them. */
function aliasesOf({ entries }: Plan, dice: Dice): Map<string, string> {
  const taken = new Set(entries.flatMap(({ concepts }) => concepts.map(({ label }) => label)));
  const uses = new Map<string, number>();
  for (const tag of entries.flatMap(({ concepts: [main] }) => main.tags)) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  const candidates = entries.flatMap(({ title, concepts: [main] }) => {
    const alias = main.tags.find((tag) => tag.length > 1 && uses.get(tag) === 1 && !taken.has(tag));
    return alias === undefined ? [] : [[alias, title] as const];
  });
  return new Map(dice.sample(candidates, ALIASES));
}

function neighboursOf(entry: Entry, category: readonly Entry[], aliases: readonly string[], seed: number): EntryNeighbours {
  const dice = new Dice(seed, 'neighbours', entry.title);
  const at = category.indexOf(entry);
  const similar = Array.from(
    { length: Math.min(SIMILAR, category.length - 1) },
    (_, step) => category[(at + 1 + step) % category.length]!.title,
  );
  const others = [
    ...(dice.chance(ALIAS_LINK_SHARE) ? [dice.pick(aliases)] : []),
    ...(dice.chance(RED_LINK_SHARE) ? [`${entry.title}列表`] : []),
    ...(dice.chance(LOOP_LINK_SHARE) ? [LOOP[0]] : []),
  ];
  return { similar, others };
}

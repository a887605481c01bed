import { groupName, subgroupName } from '../material/categories.ts';
import type { Concept } from '../material/concepts.ts';
import { groupBy } from '../group-by.ts';
import { escape } from '../html.ts';
import { show } from '../plan.ts';
import type { Entry, Plan } from '../plan.ts';
import { Dice, hash32 } from '../random.ts';
import { html, notFound, redirect, text } from '../reply.ts';
import type { Reply, Site } from '../reply.ts';
import { entryPage } from './entry-page.ts';
import { gallery, LOADINGS } from './gallery.ts';
import type { GalleryItem } from './gallery.ts';
import { heading, STYLESHEET, wikiLink, wikiPage, wikiPath } from './layout.ts';
import { themesOf } from './themes.ts';

const ROBOTS = `User-agent: *
Disallow: /w/
Disallow: /wiki/Special:
Disallow: /wiki/%E8%8D%89%E7%A8%BF:
`;
const PER_CATEGORY_PAGE = 36;
const SIMILAR = 6;
const ALIASES = 40;
const DRAFTS = 3;
const DRAFT_PICTURES = 6;
const LOOP = ['异体字', '异体字（消歧义）'] as const;
const SLOW_MILLIS = 1_500;

/** An encyclopedia of everything that has been drawn. */
export function encyclopediaSite(plan: Plan): Site {
  const pages = new Map<string, () => Reply>();
  const titleOf = new Map<Concept, string>(
    plan.entries.flatMap(({ title, concepts }) => concepts.map((concept) => [concept, title])),
  );
  const item = (concept: Concept, shown = show(concept, 'apple')!): GalleryItem => ({ shown, title: titleOf.get(concept)! });
  const dice = new Dice(plan.seed, 'encyclopedia');

  const aliases = aliasesOf(plan, dice);
  for (const [alias, title] of aliases) pages.set(alias, () => redirect(wikiPath(title)));
  // Two titles that send a reader round and round.
  pages.set(LOOP[0], () => redirect(wikiPath(LOOP[1]), 302));
  pages.set(LOOP[1], () => redirect(wikiPath(LOOP[0]), 302));
  const bySubgroup = groupBy(plan.entries, ({ concepts: [main] }) => main.subgroup);
  const slow = dice.pick(plan.entries);
  for (const entry of plan.entries) {
    const neighbours = neighboursOf(entry, bySubgroup.get(entry.concepts[0].subgroup)!, aliases, plan.seed);
    pages.set(entry.title, () => {
      const page = html(entryPage(plan.seed, entry, neighbours));
      return entry === slow ? { ...page, delayMillis: SLOW_MILLIS } : page;
    });
  }

  const galleryPage = (
    title: string,
    intro: string,
    items: readonly GalleryItem[],
    categories: string[],
    isDirty = false,
  ): void => {
    const own = new Dice(plan.seed, 'gallery', title);
    const loading = own.pick(LOADINGS);
    pages.set(title, () => {
      const body = `<p>${escape(intro)}</p>\n${gallery(items, loading, isDirty ? new Dice(plan.seed, 'dirt', title) : undefined)}`;
      return html(wikiPage({ title, body, categories }));
    });
  };

  const portals = new Map<string, string[]>();
  for (const [subgroup, concepts] of groupBy(plan.concepts, (concept) => concept.subgroup)) {
    const [name, group] = [subgroupName(subgroup), groupName(concepts[0]!.group)];
    const count = Math.ceil(concepts.length / PER_CATEGORY_PAGE);
    for (let page = 0; page < count; page += 1) {
      const title = `分类:${name}${page === 0 ? '' : `/${page + 1}`}`;
      const members = concepts.slice(page * PER_CATEGORY_PAGE, (page + 1) * PER_CATEGORY_PAGE);
      galleryPage(
        title,
        `分类“${name}”共收录${concepts.length}个条目，以下是第${page + 1}页，点击图片可以进入条目。`,
        members.map((concept) => item(concept)),
        [group],
      );
      portals.set(group, [...(portals.get(group) ?? []), title]);
    }
  }
  const themes = themesOf(plan);
  for (const { name, members } of themes) {
    galleryPage(
      `图集:${name}`,
      `本图集收录与“${name}”有关的图形，由用户整理，排名不分先后。`,
      members.map((shown) => item(shown.concept, shown)),
      ['图集'],
      true,
    );
  }
  const continents = groupBy(plan.countries, ({ continent }) => continent);
  for (const [continent, countries] of continents) pages.set(`${continent}各国旗帜`, () => html(flagsPage(continent, countries)));
  for (let number = 1; number <= DRAFTS; number += 1) {
    const members = dice.sample(plan.concepts, DRAFT_PICTURES).map((concept) => item(concept, show(concept, 'apple', 'mirror')!));
    galleryPage(`草稿:未完成的条目${number}`, '草稿尚未完成，请勿引用。', members, ['图集']);
  }
  for (const [group, categories] of portals)
    pages.set(`分类:${group}`, () => html(listPage(`分类:${group}`, categories, ['全部分类'])));
  pages.set('分类:全部分类', () =>
    html(
      listPage(
        '分类:全部分类',
        [...portals.keys()].map((name) => `分类:${name}`),
        [],
      ),
    ),
  );
  pages.set('分类:图集', () =>
    html(
      listPage(
        '分类:图集',
        themes.map(({ name }) => `图集:${name}`),
        ['全部分类'],
      ),
    ),
  );
  pages.set('首页', () => html(homePage(plan, [...portals.keys()], [...continents.keys()], item)));

  return ({ url }) => {
    if (url.pathname === '/robots.txt') return text(ROBOTS, 'text/plain; charset=utf-8');
    if (url.pathname === '/static/baike.css') return text(STYLESHEET, 'text/css; charset=utf-8');
    if (url.pathname === '/') return redirect(wikiPath('首页'), 302);
    return titleIn(url.pathname, pages)?.() ?? notFound('文澜百科没有这个条目');
  };
}

function titleIn(pathname: string, pages: ReadonlyMap<string, () => Reply>): (() => Reply) | undefined {
  try {
    return pages.get(decodeURIComponent(pathname).replace(/^\/wiki\//, ''));
  } catch {
    return undefined;
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

function neighboursOf(
  entry: Entry,
  category: readonly Entry[],
  aliases: ReadonlyMap<string, string>,
  seed: number,
): { similar: string[]; aliases: string[] } {
  const at = category.indexOf(entry);
  const similar = Array.from(
    { length: Math.min(SIMILAR, category.length - 1) },
    (_, step) => category[(at + 1 + step) % category.length]!.title,
  );
  const names = [...aliases.keys()];
  // Every fortieth entry or so links to something by its other name; a few to what isn't there.
  const draw = hash32(seed, 'alias', entry.title);
  const links =
    draw % 20 === 0
      ? [names[Math.floor(draw / 20) % names.length]!]
      : draw % 90 === 1
        ? [`${entry.title}列表`]
        : draw % 400 === 2
          ? [LOOP[0]]
          : [];
  return { similar, aliases: links };
}

function flagsPage(continent: string, countries: Plan['countries']): string {
  const title = `${continent}各国旗帜`;
  const boxes = countries.map(
    ({ name, drawing }) =>
      `<li class="gallerybox"><div class="thumb"><img src="//img.wenlan.test/flags/4x3/${drawing}" alt="${escape(name)}国旗" width="96" height="72"></div><div class="gallerytext"><p>${escape(name)}旗帜</p></div></li>`,
  );
  const body = `<p>以下列出${continent}的国家和地区所用的旗帜，按代码的字母顺序排列，共${countries.length}面。</p>\n<ul class="gallery">${boxes.join('\n')}</ul>`;
  return wikiPage({ title, body, categories: ['旗帜'] });
}

function listPage(title: string, titles: readonly string[], categories: readonly string[]): string {
  const body = `${heading('子分类')}<ul>${titles.map((other) => `<li>${wikiLink(other, other.replace(/^(?:分类|图集):/, ''))}</li>`).join('\n')}</ul>`;
  return wikiPage({ title, body, categories });
}

function homePage(
  plan: Plan,
  groups: readonly string[],
  continents: readonly string[],
  item: (concept: Concept) => GalleryItem,
): string {
  const dice = new Dice(plan.seed, 'home');
  const featured = dice.sample(plan.concepts, 8).map((concept) => item(concept));
  const drafts = Array.from({ length: DRAFTS }, (_, index) => `草稿:未完成的条目${index + 1}`);
  const body = `<p>欢迎来到文澜百科，目前已有${plan.entries.length}个条目。</p>
${heading('今日图片')}${gallery(featured, 'plain')}
${heading('分类浏览')}<ul>${groups.map((name) => `<li>${wikiLink(`分类:${name}`, name)}</li>`).join('')}<li>${wikiLink('分类:图集', '全部图集')}</li></ul>
${heading('世界旗帜')}<ul>${continents.map((name) => `<li>${wikiLink(`${name}各国旗帜`)}</li>`).join('')}</ul>
${heading('待完善')}<ul>${drafts.map((title) => `<li>${wikiLink(title)}</li>`).join('')}<li>${wikiLink(LOOP[0])}</li></ul>`;
  return wikiPage({ title: '首页', body, categories: ['全部分类'] });
}

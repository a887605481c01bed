import { groupBy } from '../group-by.ts';
import { escape } from '../html.ts';
import { groupName, subgroupName } from '../material/categories.ts';
import type { Concept } from '../material/concepts.ts';
import type { Country } from '../material/countries.ts';
import { pictureUrl } from '../pictures/picture-address.ts';
import { show } from '../plan.ts';
import type { Entry, Plan } from '../plan.ts';
import { Dice } from '../random.ts';
import { gallery, imageTag } from './gallery.ts';
import type { GalleryItem, Loading } from './gallery.ts';
import { heading, wikiLink, wikiPage } from './layout.ts';
import { themesOf } from './themes.ts';

const PER_ALBUM_PAGE = 120;
/** Themes are put together by readers, with whatever their editor makes; albums are the site's own. */
const THEME_LOADINGS: readonly Loading[] = ['plain', 'lazy', 'noscript', 'srcset', 'picture'];
const ALBUM_LOADINGS: readonly Loading[] = ['plain', 'lazy', 'srcset', 'picture'];
const FEATURED = 8;
const DRAFTS = 3;
const DRAFT_PICTURES = 6;

/**
 * The pages of the encyclopedia that lead to entries, by title: home, categories, albums with Apple's picture of everything,
 * galleries of pictures that have a word in common, flags by continent, and drafts, which robots.txt keeps from crawlers.
 */
export function collectionPages(plan: Plan): Map<string, () => string> {
  const pages = new Map<string, () => string>();
  const titleOf = new Map<Concept, string>(
    plan.entries.flatMap(({ title, concepts }) => concepts.map((concept) => [concept, title])),
  );
  const item = (concept: Concept, shown = show(concept, 'apple')!): GalleryItem => ({ shown, title: titleOf.get(concept)! });

  const groups = groupBy(plan.entries, ({ concepts: [main] }) => main.group);
  for (const [group, entries] of groups) {
    const name = groupName(group);
    const albums = albumTitles(name, plan.concepts.filter((concept) => concept.group === group).length);
    const subcategories = groupBy(entries, ({ concepts: [main] }) => subgroupName(main.subgroup));
    for (const [subcategory, members] of subcategories)
      pages.set(`分类:${subcategory}`, () => categoryPage(subcategory, name, members));
    pages.set(`分类:${name}`, () =>
      listPage(`分类:${name}`, [...albums, ...[...subcategories.keys()].map((title) => `分类:${title}`)], ['全部分类']),
    );
    for (const [index, title] of albums.entries()) pages.set(title, () => albumPage(plan, title, group, index, item));
  }
  const names = [...groups.keys()].map(groupName);
  pages.set('分类:全部分类', () =>
    listPage(
      '分类:全部分类',
      [...names, '图集'].map((name) => `分类:${name}`),
      [],
    ),
  );

  const themes = themesOf(plan);
  for (const { name, members } of themes) {
    const title = `图集:${name}`;
    const dirt = (): Dice => new Dice(plan.seed, 'dirt', title);
    const items = members.map((shown) => item(shown.concept, shown));
    pages.set(title, () => {
      const body = `<p>本图集收录与“${escape(name)}”有关的图形，由用户整理，排名不分先后。</p>\n${gallery(items, new Dice(plan.seed, 'loading', title).pick(THEME_LOADINGS), dirt())}`;
      return wikiPage({ title, body, categories: ['图集'] });
    });
  }
  pages.set('分类:图集', () =>
    listPage(
      '分类:图集',
      themes.map(({ name }) => `图集:${name}`),
      ['全部分类'],
    ),
  );

  const continents = groupBy(plan.countries, ({ continent }) => continent);
  for (const [continent, countries] of continents) pages.set(`${continent}各国旗帜`, () => flagsPage(continent, countries));

  const drafts = Array.from({ length: DRAFTS }, (_, index) => `草稿:未完成的条目${index + 1}`);
  for (const title of drafts) {
    const members = new Dice(plan.seed, title).sample(plan.concepts, DRAFT_PICTURES);
    const items = members.map((concept) => item(concept, show(concept, 'apple', 'mirror')!));
    pages.set(title, () =>
      wikiPage({ title, body: `<p>草稿尚未完成，请勿引用。</p>${gallery(items, 'plain')}`, categories: ['图集'] }),
    );
  }

  const featured = new Dice(plan.seed, 'home').sample(plan.concepts, FEATURED).map((concept) => item(concept));
  const flags = [...continents.keys()].map((continent) => `${continent}各国旗帜`);
  pages.set('首页', () => homePage(plan.entries.length, featured, [...names, '图集'], [...flags, ...drafts]));
  return pages;
}

function albumTitles(name: string, concepts: number): string[] {
  return Array.from(
    { length: Math.ceil(concepts / PER_ALBUM_PAGE) },
    (_, index) => `${name}图鉴${index === 0 ? '' : `/${index + 1}`}`,
  );
}

/** Apple's pictures of a group, under the names of its categories. */
function albumPage(plan: Plan, title: string, group: number, index: number, item: (concept: Concept) => GalleryItem): string {
  const concepts = plan.concepts
    .filter((concept) => concept.group === group)
    .slice(index * PER_ALBUM_PAGE, (index + 1) * PER_ALBUM_PAGE);
  const loading = new Dice(plan.seed, 'loading', title).pick(ALBUM_LOADINGS);
  const sections = [...groupBy(concepts, ({ subgroup }) => subgroupName(subgroup))].map(
    ([name, members]) =>
      `${heading(name)}\n${gallery(
        members.map((concept) => item(concept)),
        loading,
      )}`,
  );
  return wikiPage({ title, body: sections.join('\n'), categories: [groupName(group)] });
}

function categoryPage(name: string, group: string, entries: readonly Entry[]): string {
  const links = entries.map(({ title }) => `<li>${wikiLink(title)}</li>`);
  const body = `<p>分类“${name}”共收录${entries.length}个条目。</p>\n<ul>${links.join('\n')}</ul>`;
  return wikiPage({ title: `分类:${name}`, body, categories: [group] });
}

function flagsPage(continent: string, countries: readonly Country[]): string {
  const boxes = countries.map(({ name, drawing }) => {
    const url = pictureUrl({ vendor: 'flags', file: drawing });
    const image = imageTag({ url, alt: `${name}国旗`, loading: 'plain', size: [96, 72] });
    return `<li class="gallerybox"><div class="thumb">${image}</div><div class="gallerytext"><p>${escape(name)}旗帜</p></div></li>`;
  });
  const body = `<p>以下列出${continent}的国家和地区所用的旗帜，按代码的字母顺序排列，共${countries.length}面。</p>\n<ul class="gallery">${boxes.join('\n')}</ul>`;
  return wikiPage({ title: `${continent}各国旗帜`, body, categories: ['旗帜'] });
}

function listPage(title: string, titles: readonly string[], categories: readonly string[]): string {
  const links = titles.map((other) => `<li>${wikiLink(other, other.replace(/^(?:分类|图集):/, ''))}</li>`);
  return wikiPage({ title, body: `${heading('子分类')}<ul>${links.join('\n')}</ul>`, categories });
}

function homePage(
  entries: number,
  featured: readonly GalleryItem[],
  categories: readonly string[],
  others: readonly string[],
): string {
  const list = (titles: readonly string[]): string =>
    `<ul>${titles.map((title) => `<li>${wikiLink(title, title.replace(/^分类:/, ''))}</li>`).join('')}</ul>`;
  const body = `<p>欢迎来到文澜百科，目前已有${entries}个条目。</p>
${heading('今日图片')}${gallery(featured, 'plain')}
${heading('分类浏览')}${list(categories.map((name) => `分类:${name}`))}
${heading('专题与待完善')}${list(others)}`;
  return wikiPage({ title: '首页', body, categories: ['全部分类'] });
}

import { escape, escapeOddly } from '../html.ts';
import { groupName, subgroupName } from '../material/categories.ts';
import type { Concept } from '../material/concepts.ts';
import { pictureUrl } from '../pictures/picture-address.ts';
import { show } from '../plan.ts';
import type { Entry } from '../plan.ts';
import { Dice } from '../random.ts';
import { CLOSINGS, DRAWINGS, LEADS, LEADS_WITHOUT_TAGS, USES } from '../words/encyclopedia-words.ts';
import { fill } from '../words/fill.ts';
import { gallery, imageTag } from './gallery.ts';
import type { Loading } from './gallery.ts';
import { heading, wikiLink, wikiPage } from './layout.ts';

/** Year in which the versions of Unicode's emoji standard came out; those below 1 were on phones before it. */
const YEARS: Readonly<Record<string, number>> = {
  1: 2015,
  2: 2015,
  3: 2016,
  4: 2016,
  5: 2017,
  11: 2018,
  12: 2019,
  12.1: 2019,
  13: 2020,
  13.1: 2020,
  14: 2021,
  15: 2022,
  15.1: 2023,
  16: 2024,
  17: 2025,
};
const MAX_LEAD_TAGS = 5;
const FILE_NAME_SHARE = 0.04;
const INFOBOX_LOADINGS: readonly Loading[] = ['plain', 'lazy', 'noscript', 'srcset', 'picture'];
const GALLERY_LOADINGS: readonly Loading[] = ['plain', 'lazy', 'srcset'];
const ODD_SHARE = 0.1;

export interface EntryNeighbours {
  /** Titles of entries of the same category. */
  similar: readonly string[];
  /** Titles that aren't entries: other names of some, and what nobody wrote. */
  others: readonly string[];
}

/** An entry: infobox with the picture, what it means, how it is used and drawn, and the pictures of its variants. */
export function entryPage(seed: number, { title, concepts }: Entry, { similar, others }: EntryNeighbours): string {
  const dice = new Dice(seed, 'entry', title);
  const [main, ...variants] = concepts;
  const write = dice.chance(ODD_SHARE) ? escapeOddly : escape;
  const slots = slotsOf(main);
  const lead = fill(dice.pick(main.tags.length > 0 ? LEADS : LEADS_WITHOUT_TAGS), slots, dice);
  const uses = dice.sample(USES[main.group]!, 2).map((use) => fill(use, slots, dice));
  const loading = dice.pick(GALLERY_LOADINGS);
  const items = variants.map((concept) => ({ shown: show(concept, 'google')!, title }));
  const body = `${infobox(main, dice)}
<p>${write(lead).replace(write(main.label), (label) => `<b>${label}</b>`)}</p>
${heading('用法')}
<p>${uses.map(write).join('</p>\n<p>')}</p>
${items.length === 0 ? '' : `${heading('相关形象')}\n${gallery(items, loading)}`}
${heading('图形')}
<p>${write(fill(dice.pick(DRAWINGS), slots, dice))}</p>
${heading('参见')}
<ul>${[...similar, ...others].map((other) => `<li>${wikiLink(other)}</li>`).join('')}</ul>
<p class="note">${write(dice.pick(CLOSINGS))}</p>`;
  return wikiPage({ title, body, categories: [subgroupName(main.subgroup), groupName(main.group)] });
}

function infobox(concept: Concept, dice: Dice): string {
  const { label, tags, character, version } = concept;
  const alt = dice.chance(FILE_NAME_SHARE) ? concept.drawings.google! : label;
  const url = pictureUrl(show(concept, 'google')!.drawing);
  const image = imageTag({ url, alt, loading: dice.pick(INFOBOX_LOADINGS), size: [128, 128] });
  const rows = [
    ['名称', label],
    ['字符', character],
    ['编码', codeOf(concept)],
    ['收录', version >= 1 ? `Emoji ${version.toFixed(1)}` : 'Emoji 1.0之前'],
    ...(tags.length > 0 ? [['相关词', tags.join('、')]] : []),
  ] as const;
  return `<table class="infobox"><caption>${escape(label)}</caption><tbody>
<tr><td colspan="2" class="infobox-image"><a class="image" href="/wiki/File:${concept.drawings.google}">${image}</a><div class="infobox-caption">${escape(label)}</div></td></tr>
${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escape(value)}</td></tr>`).join('\n')}
</tbody></table>`;
}

function slotsOf(concept: Concept): Record<string, string> {
  const year = YEARS[String(concept.version)];
  return {
    label: concept.label,
    tags: concept.tags.slice(0, MAX_LEAD_TAGS).join('、'),
    category: subgroupName(concept.subgroup),
    group: groupName(concept.group),
    since: year === undefined ? '早在字符标准化之前就已在手机上使用' : `于${year}年收入国际标准`,
    code: codeOf(concept),
  };
}

const codeOf = ({ key }: Concept): string =>
  key
    .split('-')
    .map((point) => `U+${point.toUpperCase().padStart(4, '0')}`)
    .join(' ');

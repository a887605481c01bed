import { groupBy } from '../group-by.ts';
import { subgroupName } from '../material/categories.ts';
import { flawed } from '../plan.ts';
import type { Plan, Shown } from '../plan.ts';
import { Dice } from '../random.ts';
import { city, fill, person } from '../words/fill.ts';
import { CONTACTS, FILLERS, IDLE_CAPTIONS, NAMING_CAPTIONS, NAMING_SENTENCES, SCENES } from '../words/news-scenes.ts';
import { GB_SECTION, SECTIONS } from './sections.ts';
import type { Charset, Section } from './sections.ts';

/** A picture in an article. */
export interface Figure {
  shown: Shown;
  caption: string;
  alt: string;
  /** The paragraph that stands before it. */
  paragraph: string;
}

export interface Article {
  section: Section;
  id: number;
  /** YYYY-MM-DD */
  date: string;
  charset: Charset;
  headline: string;
  lead: string;
  author: string;
  figures: readonly Figure[];
  /** Paragraphs after the last figure. */
  ending: readonly string[];
  keywords: readonly string[];
  /** Index of the banner that it carries. */
  advert: number | null;
  /** What it says to crawlers in a meta element. */
  robots: string | null;
}

const FIGURES: readonly [low: number, high: number] = [3, 5];
/** Share of figures whose caption or alt names what they show. */
const NAMED_SHARE = 0.72;
/** Of these, share with a sentence in the text that names it too. */
const TOLD_SHARE = 0.5;
const FILE_NAME_SHARE = 0.12;
/** What cameras and telephones call pictures. */
const FILE_NAMES = ['IMG_{n}{few}.jpg', '微信图片_202610{n}.jpg', 'DSC0{n}{few}.JPG'];
const ADVERT_SHARE = 0.35;
const CONTACT_SHARE = 0.3;
const ADVERTS = 8;
/** The article of a section whose pictures aren't to be indexed. */
const OPTED_OUT = 12;
const FIRST_ID = 4_180_021;
const GB_CHARSETS: readonly Charset[] = ['gb-header', 'gb-meta', 'gb-silent'];

/** All articles, by section, the newest first. */
export function articlesOf(plan: Plan): Map<Section, Article[]> {
  const bySection = new Map<Section, Article[]>();
  let id = FIRST_ID;
  for (const section of SECTIONS) {
    const dice = new Dice(plan.seed, 'news', section.path);
    const pool = plan.concepts.filter(({ group }) => group === section.group);
    const bySubgroup = groupBy(
      plan.news.filter(({ concept }) => concept.group === section.group),
      ({ concept }) => concept.subgroup,
    );
    // Neighbours in a category go together, and what is left of one goes with the next.
    let waiting = [...bySubgroup.values()].flatMap((members) => dice.shuffle(members));
    const articles: Article[] = [];
    while (waiting.length > 0) {
      const shown = waiting.slice(0, dice.integer(...FIGURES));
      waiting = waiting.slice(shown.length);
      const extra = dice.chance(0.85) ? [flawed(dice.pick(pool), dice)] : [];
      id += dice.integer(1, 40);
      articles.push(articleOf(plan.seed, section, id, dice.shuffle([...shown, ...extra]), articles.length));
    }
    bySection.set(section, articles.reverse());
  }
  return bySection;
}

function articleOf(seed: number, section: Section, id: number, shown: readonly Shown[], number: number): Article {
  const dice = new Dice(seed, 'article', id);
  // In turn, so that a headline comes again as late as can be.
  const scenes = SCENES[section.group]!;
  const scene = scenes[number % scenes.length]!;
  const headline = scene.headlines[Math.floor(number / scenes.length) % scene.headlines.length]!;
  const slots = { city: city(dice), topic: subgroupName(shown[0]!.concept.subgroup) };
  const bodies = dice.shuffle([...scene.bodies, ...dice.sample(FILLERS, 3)]).map((body) => fill(body, slots, dice));
  const deck: Deck = {
    naming: dice.shuffle(NAMING_CAPTIONS),
    idle: dice.shuffle(IDLE_CAPTIONS),
    telling: dice.shuffle(NAMING_SENTENCES),
  };
  const figures = shown.map((one, index) =>
    figureOf(one, bodies[index] ?? fill(dice.pick(FILLERS), slots, dice), deck, slots, dice),
  );
  const ending = [...bodies.slice(shown.length), ...(dice.chance(CONTACT_SHARE) ? [fill(dice.pick(CONTACTS), slots, dice)] : [])];
  const day = new Date(Date.UTC(2026, 8, 1) + number * 36 * 3_600_000);
  return {
    section,
    id,
    date: day.toISOString().slice(0, 10),
    charset: section.path === GB_SECTION ? GB_CHARSETS[number % GB_CHARSETS.length]! : 'utf-8',
    headline: fill(headline, slots, dice),
    lead: `本报${slots.city}讯（记者${person(dice)}）${fill(dice.pick(scene.leads), slots, dice)}`,
    author: person(dice),
    figures,
    ending,
    keywords: [section.name, slots.city, slots.topic],
    advert: dice.chance(ADVERT_SHARE) ? dice.integer(1, ADVERTS) : null,
    robots: number === OPTED_OUT ? 'noimageindex' : null,
  };
}

/** Sentences of an article that are still unused. */
interface Deck {
  naming: string[];
  idle: string[];
  telling: string[];
}

function figureOf(shown: Shown, body: string, deck: Deck, slots: Readonly<Record<string, string>>, dice: Dice): Figure {
  const words = { ...slots, label: shown.concept.label };
  const isNamed = dice.chance(NAMED_SHARE);
  const caption = fill((isNamed ? deck.naming : deck.idle).pop()!, words, dice);
  const isTold = isNamed && dice.chance(TOLD_SHARE);
  const paragraph = isTold ? `${body}${fill(deck.telling.pop()!, words, dice)}` : body;
  const isFileName = dice.chance(FILE_NAME_SHARE);
  const alt = isFileName ? fill(dice.pick(FILE_NAMES), words, dice) : dice.chance(0.4) ? caption : '';
  // Some captions stand in alt only.
  return { shown, caption: alt === caption && dice.chance(0.4) ? '' : caption, alt, paragraph };
}

import type { Concept } from './material/concepts.ts';
import { readConcepts } from './material/concepts.ts';
import type { Country } from './material/countries.ts';
import { readCountries } from './material/countries.ts';
import type { Vendor } from './material/vendors.ts';
import type { Drawing, PictureForm } from './pictures/picture-address.ts';
import { Dice } from './random.ts';

/** A picture of a thing on a page. */
export interface Shown {
  concept: Concept;
  drawing: Drawing;
  /** Absent: as its maker published it. */
  form?: PictureForm;
}

/** An entry of the encyclopedia: a thing, and what differs from it in sex or direction only. */
export interface Entry {
  title: string;
  concepts: readonly [Concept, ...Concept[]];
}

/** Which picture stands on which site. Google's stand in entries only, Apple's in categories. */
export interface Plan {
  seed: number;
  concepts: readonly Concept[];
  countries: readonly Country[];
  entries: readonly Entry[];
  /** For galleries of the encyclopedia. */
  themed: readonly Shown[];
  news: readonly Shown[];
  weibo: readonly Shown[];
}

/** Share of OpenMoji's drawings in the encyclopedia; the others are in posts. */
const THEMED_SHARE = 0.4;
/** Share of Twemoji's drawings in the news; the others are in posts. */
const NEWS_SHARE = 0.45;

export function planWeb(seed: number): Plan {
  const concepts = readConcepts();
  const themed: Shown[] = [];
  const news: Shown[] = [];
  const weibo: Shown[] = [];
  for (const concept of concepts) {
    const dice = new Dice(seed, 'plan', concept.key);
    (dice.chance(THEMED_SHARE) ? themed : weibo).push(show(concept, 'openmoji')!);
    const twemoji = show(concept, 'twemoji');
    if (twemoji !== null) (dice.chance(NEWS_SHARE) ? news : weibo).push(twemoji);
  }
  return { seed, concepts, countries: readCountries(), entries: entriesOf(concepts), themed, news, weibo };
}

/** A vendor's picture of a thing; null if there is none. */
export function show(concept: Concept, vendor: Vendor, form?: PictureForm): Shown | null {
  const file = concept.drawings[vendor];
  if (file === undefined) return null;
  return { concept, drawing: { vendor, file }, ...(form !== undefined && { form }) };
}

const ZERO_WIDTH_JOINER = '-200d-';
/** Signs of sex, and the arrow of those who look to the right. */
const VARIANTS = /-200d-(?:2640|2642|27a1)/g;
const WOMAN_OR_MAN_WHO = /^1f46[89]-200d-/;

function entriesOf(concepts: readonly Concept[]): Entry[] {
  const byKey = new Map<string, [Concept, ...Concept[]]>();
  for (const concept of concepts) {
    const key = concept.key.replaceAll(VARIANTS, '').replace(WOMAN_OR_MAN_WHO, `1f9d1${ZERO_WIDTH_JOINER}`);
    const entry = byKey.get(key);
    if (entry === undefined) byKey.set(key, [concept]);
    else entry.push(concept);
  }
  return [...byKey.values()].map((members) => ({ title: members[0].label, concepts: members }));
}

/** Copies, and what servers send instead of pictures, with how often each is met among a hundred. */
const FLAWS: readonly (readonly [form: PictureForm | undefined, weight: number])[] = [
  [undefined, 8],
  ['mirror', 22],
  ['resaved', 14],
  ['scaled', 20],
  ['cut', 6],
  ['oops', 5],
  ['empty', 3],
  ['gone', 8],
  ['busy', 2],
  ['private', 5],
  ['noai', 3],
  ['reserved', 2],
  ['moved', 2],
  ['slow', 1],
];
const TRAINING_VENDORS: readonly Vendor[] = ['apple', 'twemoji', 'openmoji'];

/** A picture that adds nothing but trouble: one that stands elsewhere too, in a form that real sites are full of. */
export function flawed(concept: Concept, dice: Dice): Shown {
  let ticket = dice.integer(
    1,
    FLAWS.reduce((sum, [, weight]) => sum + weight, 0),
  );
  const [form] = FLAWS.find(([, weight]) => (ticket -= weight) <= 0)!;
  // Scaling takes a vector drawing.
  const vendors = form === 'scaled' ? TRAINING_VENDORS.slice(1) : TRAINING_VENDORS;
  return show(concept, dice.pick(vendors), form) ?? show(concept, 'openmoji', form)!;
}

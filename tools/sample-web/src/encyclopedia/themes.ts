import { subgroupName } from '../material/categories.ts';
import type { Plan, Shown } from '../plan.ts';
import { flawed } from '../plan.ts';
import { Dice } from '../random.ts';

/** A page of pictures that have a word in common. */
export interface Theme {
  name: string;
  members: readonly Shown[];
}

const MIN_MEMBERS = 6;
const MAX_MEMBERS = 24;
/** Pictures a page that stand elsewhere too, or are broken. */
const FLAWED_PER_THEME = 4;

/** Sorts the pictures of the galleries by their most common words; what has none goes by its category. */
export function themesOf({ seed, themed, concepts }: Plan): Theme[] {
  const left = new Set(themed);
  const themes: Theme[] = [];
  const add = (name: string, members: readonly Shown[]): void => {
    const dice = new Dice(seed, 'theme', name);
    const related = concepts.filter(({ tags }) => tags.includes(name));
    const extra = Array.from({ length: FLAWED_PER_THEME }, () =>
      flawed(related.length > 0 ? dice.pick(related) : dice.pick(members).concept, dice),
    );
    themes.push({ name, members: dice.shuffle([...members, ...extra]) });
    for (const member of members) left.delete(member);
  };
  for (const word of commonWords(themed)) {
    const members = [...left].filter(({ concept }) => concept.tags.includes(word)).slice(0, MAX_MEMBERS);
    if (members.length >= MIN_MEMBERS) add(word, members);
  }
  const rest = new Map<string, Shown[]>();
  for (const shown of left) {
    const name = subgroupName(shown.concept.subgroup);
    const others = rest.get(name);
    if (others === undefined) rest.set(name, [shown]);
    else others.push(shown);
  }
  let batch: Shown[] = [];
  let names: string[] = [];
  for (const [name, members] of rest) {
    batch.push(...members);
    names.push(name);
    if (batch.length < MAX_MEMBERS) continue;
    add(names.slice(0, 2).join('与'), batch);
    [batch, names] = [[], []];
  }
  if (batch.length > 0) add(names.slice(0, 2).join('与'), batch);
  return themes;
}

/** Words of two characters and more, the most common first. */
function commonWords(themed: readonly Shown[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of themed.flatMap(({ concept }) => concept.tags))
    if (tag.length > 1) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts.entries()]
    .filter(([, count]) => count >= MIN_MEMBERS)
    .sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1))
    .map(([word]) => word);
}

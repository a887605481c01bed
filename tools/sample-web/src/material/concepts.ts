import { plainLabel } from './plain-label.ts';
import { codePoints, drawingsOf, packageData, VENDORS } from './vendors.ts';
import type { Vendor } from './vendors.ts';

/** A thing that every vendor has drawn. */
export interface Concept {
  /** Code points in hexadecimal, joined with "-". */
  key: string;
  character: string;
  /** Its Chinese name. */
  label: string;
  /** Other Chinese words for it. */
  tags: readonly string[];
  /** Indices of emojibase. */
  group: number;
  subgroup: number;
  /** Of Unicode's emoji standard. */
  version: number;
  /** File names. */
  drawings: Readonly<Partial<Record<Vendor, string>>>;
}

/** A row of emojibase-data's zh/data.json. */
interface EmojibaseRow {
  label: string;
  hexcode: string;
  tags?: string[];
  emoji: string;
  order: number;
  group?: number;
  subgroup: number;
  version: number;
}

/** Skin tones and hair, which stand for nothing alone. */
const COMPONENTS = 2;
/** These differ in nothing but who of three or four shadows is a boy. */
const FAMILIES = /^家庭: /;

/** All things with a Chinese label that Apple, Google and OpenMoji have drawn, in Unicode's order. */
export function readConcepts(): Concept[] {
  const rows = packageData('emojibase-data/zh/data.json') as EmojibaseRow[];
  const drawings = VENDORS.filter((vendor) => vendor !== 'flags').map((vendor) => [vendor, drawingsOf(vendor)] as const);
  return rows
    .filter(({ group, label }) => group !== undefined && group !== COMPONENTS && !FAMILIES.test(label))
    .sort((left, right) => left.order - right.order)
    .map((row): Concept => {
      const key = codePoints(row.hexcode);
      const label = plainLabel(row.label);
      const found = drawings.flatMap(([vendor, names]) => (names.has(key) ? [[vendor, names.get(key)!]] : []));
      return {
        key,
        character: row.emoji,
        label,
        tags: (row.tags ?? []).filter((tag) => /\p{Script=Han}/u.test(tag) && tag !== label && tag !== row.label),
        group: row.group!,
        subgroup: row.subgroup,
        version: row.version,
        drawings: Object.fromEntries(found),
      };
    })
    .filter(({ drawings: { apple, google, openmoji } }) => apple !== undefined && google !== undefined && openmoji !== undefined);
}

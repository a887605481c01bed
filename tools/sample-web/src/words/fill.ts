import type { Dice } from '../random.ts';
import { CITIES, GIVEN_NAMES, SURNAMES } from './names.ts';

/** The name of a person. */
export const person = (dice: Dice): string => dice.pick(SURNAMES) + dice.pick(GIVEN_NAMES);

export const city = (dice: Dice): string => dice.pick(CITIES);

/**
 * Fills a sentence: `{name}` with what the slots have, `{person}` with a new name, `{n}` with a number of two or three digits,
 * `{few}` with one of one digit; one of `[a|b|c]` is chosen.
 */
export function fill(template: string, slots: Readonly<Record<string, string>>, dice: Dice): string {
  const chosen = template.replaceAll(/\[([^[\]]*\|[^[\]]*)\]/g, (_match, choices: string) => dice.pick(choices.split('|')));
  const filled = chosen.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    if (name === 'person') return slots['person'] ?? person(dice);
    if (name === 'n') return String(dice.integer(12, 980));
    if (name === 'few') return String(dice.integer(2, 9));
    const value = slots[name];
    if (value === undefined) throw new Error(`The sentence ${JSON.stringify(template)} has no word for ${name}.`);
    return value;
  });
  // Quotation marks inside quotation marks.
  return filled.replaceAll(/“([^“”]*)“([^“”]*)”([^“”]*)”/g, '“$1‘$2’$3”');
}

import { join } from 'node:path';
import { z } from 'zod';
import {
  CASES_EXTENSION,
  CASES_FOLDER,
  casesSchema,
  DROPPED,
  type ErrorRates,
  errorRates,
  joinRates,
  readCases,
} from './error-rates.ts';
import { textExplainer } from './explain-text.ts';
import { builtInRecipe } from './recipe/parse-recipe.ts';

const PROFILES = ['weibo', 'news', 'encyclopedia'] as const;
const SPACES_AND_SIGNS = /[\s\p{P}\p{S}]/gu;
/** Of tokens and of Weibo. */
const COMPARED_MARKS = /[〈〉#@[\]]/u;

export interface ProfileErrors extends ErrorRates {
  /** What the texts have in them: phones, names, adverts, …; `ordinary` texts have nothing that has to go. */
  kind: string;
}

/**
 * Runs whole built-in recipes over texts: what the user gets, where a rule may be right and another one spoil it. White space
 * and signs are not compared, as every rule may tidy those.
 * @param texts `tuned`: `cases/profiles`, whose errors the rules were mended by; `heldOut`: `cases/held-out/profiles`, which was
 * written after that, and before any rule was tried on it
 */
export function measureProfiles(texts: 'tuned' | 'heldOut'): ProfileErrors[] {
  const folder = join(CASES_FOLDER, texts === 'tuned' ? 'profiles' : 'held-out/profiles');
  const byKind = new Map<string, ErrorRates[]>();
  for (const profile of PROFILES) {
    const file = join(folder, profile + CASES_EXTENSION);
    const explain = textExplainer(builtInRecipe(profile), { source: profile, kind: profile === 'weibo' ? 'post' : 'caption' });
    const outcome = (input: string): string => {
      const { keep, text } = explain(input);
      return keep ? text : DROPPED;
    };
    for (const [kind, cases] of Object.entries(readCases(file, z.record(z.string(), casesSchema)))) {
      byKind.set(kind, [...(byKind.get(kind) ?? []), errorRates(cases, outcome, essence)]);
    }
  }
  return [...byKind].map(([kind, lots]) => ({ kind, ...joinRates(lots) })).sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** Letters, digits and marks. */
function essence(text: string): string {
  const isKept = (sign: string): string => (COMPARED_MARKS.test(sign) ? sign : '');
  return text.normalize('NFKC').replaceAll(SPACES_AND_SIGNS, isKept);
}

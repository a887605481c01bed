import type { Rule } from '../rule.ts';
import { accounts } from './accounts.ts';
import { adverts } from './adverts.ts';
import { aspect } from './aspect.ts';
import { bankCards } from './bank-cards.ts';
import { bytes } from './bytes.ts';
import { chineseShare } from './chinese-share.ts';
import { decode } from './decode.ts';
import { emails } from './emails.ts';
import { entropy } from './entropy.ts';
import { exactDuplicate } from './exact-duplicate.ts';
import { fileNames } from './file-names.ts';
import { icon } from './icon.ts';
import { idCards } from './id-cards.ts';
import { language } from './language.ts';
import { length } from './length.ts';
import { meaningless } from './meaningless.ts';
import { minSide } from './min-side.ts';
import { mojibake } from './mojibake.ts';
import { names } from './names.ts';
import { nearDuplicate } from './near-duplicate.ts';
import { animated } from './animated.ts';
import { band } from './band.ts';
import { blur } from './blur.ts';
import { decontaminate } from './decontaminate.ts';
import { grayscale } from './grayscale.ts';
import { nearDuplicateText } from './near-duplicate-text.ts';
import { screenshot } from './screenshot.ts';
import { semanticDuplicate } from './semantic-duplicate.ts';
import { faces, nsfw, textInPicture, watermark } from './detected.ts';
import { noText } from './no-text.ts';
import { normalize } from './normalize.ts';
import { phones } from './phones.ts';
import { placeholder } from './placeholder.ts';
import { plates } from './plates.ts';
import { repetition } from './repetition.ts';
import { sensitiveWords } from './sensitive-words.ts';
import { textFrequency } from './text-frequency.ts';
import { traditional } from './traditional.ts';
import { uiPhrases } from './ui-phrases.ts';
import { urls } from './urls.ts';
import { weiboMarks } from './weibo-marks.ts';
import { whitespace } from './whitespace.ts';

/** Every rule that a recipe can name. A new rule is a file beside this one and a line here. */
export const RULES = [
  mojibake,
  normalize,
  traditional,
  emails,
  urls,
  idCards,
  bankCards,
  accounts,
  phones,
  plates,
  weiboMarks,
  names,
  uiPhrases,
  whitespace,
  fileNames,
  meaningless,
  language,
  adverts,
  sensitiveWords,
  repetition,
  length,
  chineseShare,
  noText,
  decode,
  minSide,
  aspect,
  bytes,
  entropy,
  blur,
  grayscale,
  screenshot,
  animated,
  nsfw,
  faces,
  textInPicture,
  watermark,
  icon,
  placeholder,
  exactDuplicate,
  nearDuplicate,
  semanticDuplicate,
  nearDuplicateText,
  decontaminate,
  textFrequency,
  band,
] as const;

/** A rule whose options are whatever its schema made of the recipe's; the recipe pairs the two. */
// The options of one rule mean nothing to another, so their common type is none at all.
export type AnyRule = Rule<never>;

const byName = new Map<string, AnyRule>(RULES.map((rule) => [rule.name, rule as unknown as AnyRule]));

/** @throws Error for a name that no recipe which was parsed can hold */
export function ruleNamed(name: string): AnyRule {
  const rule = byName.get(name);
  if (rule === undefined) throw new Error(`There is no rule ${name}.`);
  return rule;
}

/** Names of all rules, as recipes write them. */
export const RULE_NAMES: readonly string[] = [...byName.keys()];

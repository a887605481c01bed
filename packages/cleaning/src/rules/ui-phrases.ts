import { z } from 'zod';
import type { RewriteRule } from '../rule.ts';
import { BRACKETED_CREDITS, CONTROLS, CONTROLS_AT_END, CREDITS } from '../text/page-phrases.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, PHRASES, scanText } from '../text/scan-text.ts';

/** Behind the last word of a text, after a space: 暴雨 资料图. */
const LABEL_AT_END = /(?<=\S) (?:资料图片?|资料照片|档案照片|网络图片|视频截图|全文|展开|收起|点击查看|查看|阅读全文)$/u;
/** References to a list that isn't there. */
const FOOTNOTES = /(?<=[\p{Script=Han}）)》”。，]) ?(?:\[\d{1,3}(?:[-,]\d{1,3})?\] ?)+(?=$|[，。；、])/gu;
/** Labels before what the picture shows: the label goes, the words stay. */
const LABEL_AT_START = /^(?:原标题|图说|图注|图片说明|资料图片?|资料照片|视频截图|网络图片|图片?)[:：] ?(?=.{2})/u;

const OPEN = '[（(【\\[]';
const CLOSE = '[）)】\\]]';
const ARROWS = '(?:[ >»→▶▼↓…]|\\.{3}|&gt;)*';
/** Not inside a clause: at an end, or beside a space, punctuation or a symbol. */
const LEFT = '(?<![\\p{L}\\p{N}])';
const RIGHT = '(?![\\p{L}\\p{N}])';

export interface UiPhrasesOptions {
  /** Further phrases that the pages of a source use, as plain text. */
  phrases: string[];
}

/**
 * Words that belong to the page and not to the picture: 点击查看大图, 展开全文, 图片来源：…, 查看源网页, 转发微博, O网页链接.
 * A phrase goes only where it stands alone: 他展开全文细读 and 信息来源：… stay.
 */
export const uiPhrases: RewriteRule<UiPhrasesOptions> = {
  name: 'ui-phrases',
  unit: 'rewrite',
  options: z.strictObject({ phrases: z.array(z.string().min(2)).default([]) }),
  rewrite(text, { phrases }) {
    const { classes, phrases: found } = scanText(text);
    if (phrases.length === 0 && (found & PHRASES.page) === 0) return { text, count: 0 };
    const unchanged = { text, count: 0 };
    const hasBracket = (classes & CHARACTER.openBracket) !== 0;
    const bracketed = hasBracket ? replaceCounting(text, BRACKETED_PATTERN, ' ') : unchanged;
    const atEnd = replaceCounting(bracketed.text, AT_END_PATTERN, '');
    const alone = replaceCounting(atEnd.text, phrasesPattern(phrases), ' ');
    const noted = hasBracket ? replaceCounting(alone.text.trimEnd(), FOOTNOTES, '') : { text: alone.text.trimEnd(), count: 0 };
    const ended = replaceCounting(noted.text, LABEL_AT_END, '');
    const labelled = replaceCounting(ended.text, LABEL_AT_START, '');
    const count = bracketed.count + atEnd.count + alone.count + noted.count + ended.count + labelled.count;
    return count === 0 ? { text, count } : { text: trimLeftovers(labelled.text), count };
  },
};

const AT_END_PATTERN = new RegExp(`(?:…|\\.{3})?(?:${CONTROLS_AT_END.join('|')})${ARROWS}$`, 'u');
const BRACKETED_PATTERN = new RegExp(
  `${OPEN} ?(?:${[BRACKETED_CREDITS, ...CREDITS, ...CONTROLS, ...CONTROLS_AT_END].join('|')}) ?${CLOSE}`,
  'gu',
);

let cached: { key: string; pattern: RegExp } | undefined;

function phrasesPattern(phrases: readonly string[]): RegExp {
  const key = phrases.join('\n');
  if (cached?.key !== key) {
    const escaped = [...phrases]
      .sort((a, b) => b.length - a.length)
      .map((phrase) => phrase.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    const all = [...escaped, ...CREDITS, ...CONTROLS_AT_END, ...CONTROLS].join('|');
    cached = { key, pattern: new RegExp(`${LEFT}(?:${all})${RIGHT}${ARROWS}`, 'gu') };
  }
  return cached.pattern;
}

/** Separators and dots that stood between a removed phrase and the text. */
function trimLeftovers(text: string): string {
  return text
    .replaceAll(/ {2,}/gu, ' ')
    .replace(/^[\s|/、，,；;：:>»·_-]+/u, '')
    .replace(/[\s|/、，,；;：:>»·_-]+$/u, '');
}

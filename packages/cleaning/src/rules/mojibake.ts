import { noOptions } from '../no-options.ts';
import type { NoOptions } from '../no-options.ts';
import type { RewriteRule, Rewritten } from '../rule.ts';
import { commonShare, encodeGbk, encodeWindows1252 } from '../text/legacy-encodings.ts';
import { replaceCounting } from '../text/replace-counting.ts';
import { CHARACTER, scanText } from '../text/scan-text.ts';

/** Characters that bytes 0x80..0xFF become when read as windows-1252, with ASCII between them. */
const WESTERN_RUN =
  /[\u0080-\u00FF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ](?:[\u0020-\u007E]{0,3}[\u0080-\u00FF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ])+/gu;
/** Chinese characters, private use and what else stands in GBK, with ASCII between them. */
const CHINESE_RUN = /[\u0080-\uFFFF](?:[\u0020-\u007E]{0,3}[\u0080-\uFFFF])+/gu;
const READABLE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u0020-\u007E\u3000-\u303F\uFF00-\uFFEF“”‘’—…·]+$/u;
const HAN = /\p{Script=Han}/gu;
/** What became of an odd last byte. */
const BROKEN_END = /[\uFFFD?]$/u;

/** Ordinary Chinese is nearly all level-1 characters; what a wrong decoding makes is mostly rare ones. */
const MIN_COMMON_SHARE = 0.75;
const MIN_GAIN = 0.3;
const MIN_LATIN_BYTES = 4;

/**
 * Repairs text that was decoded with the wrong character set: UTF-8 read as windows-1252 (ä¸­æ–‡), UTF-8 read as GBK
 * (涓浗) and GBK read as windows-1252 (ÖÐ¹ú). A run is replaced only if its bytes decode without error into
 * Chinese that is more ordinary than what stood there.
 */
export const mojibake: RewriteRule<NoOptions> = {
  name: 'mojibake',
  unit: 'rewrite',
  options: noOptions,
  rewrite(text): Rewritten {
    const { classes } = scanText(text);
    const western =
      (classes & CHARACTER.highLatin) !== 0 ? replaceCounting(text, WESTERN_RUN, repairWestern) : { text, count: 0 };
    // Of ordinary characters alone, no run is less ordinary than it could become.
    if ((scanText(western.text).classes & CHARACTER.rareHan) === 0) return western;
    const chinese = replaceCounting(western.text, CHINESE_RUN, repairChinese);
    return { text: chinese.text, count: western.count + chinese.count };
  },
};

function repairWestern(run: string): string {
  const bytes = encodeWindows1252(run);
  if (bytes === null) return run;
  const utf8 = decode(bytes, 'utf-8');
  if (utf8 !== null && READABLE.test(utf8) && countHan(utf8) > 0) return utf8;
  // Two accented letters in a row are German or French; GBK read as Latin-1 has four or more, and all of them high.
  if ((run.match(/[\u00A1-\u00FF]/gu)?.length ?? 0) < MIN_LATIN_BYTES || /[\u0021-\u007E]/u.test(run)) return run;
  const gbk = decode(bytes, 'gbk');
  return gbk !== null && READABLE.test(gbk) && commonShare(gbk) >= MIN_COMMON_SHARE && gbk.length * 2 <= run.length + 1
    ? gbk
    : run;
}

function repairChinese(run: string): string {
  const before = commonShare(run);
  if (before > 1 - MIN_GAIN) return run;
  const broken = BROKEN_END.test(run);
  const bytes = encodeGbk(broken ? run.slice(0, -1) : run);
  if (bytes === null) return run;
  const utf8 = decode(bytes, 'utf-8', broken);
  if (utf8 === null || !READABLE.test(utf8) || countHan(utf8) < 2) return run;
  const after = commonShare(utf8);
  return after >= MIN_COMMON_SHARE && after >= before + MIN_GAIN ? utf8 : run;
}

const countHan = (text: string): number => text.match(HAN)?.length ?? 0;

/** @param cut whether the last character may be incomplete, and is then left out */
function decode(bytes: Uint8Array, encoding: 'utf-8' | 'gbk', cut = false): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return null;
  }
}

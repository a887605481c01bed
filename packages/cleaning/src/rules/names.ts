import { z } from 'zod';
import type { RewriteRule } from '../rule.ts';
import { findNames } from '../text/find-names.ts';
import { PUBLIC_FIGURES } from '../text/public-figures.ts';
import { PHRASES, scanText } from '../text/scan-text.ts';

export interface NamesOptions {
  /** Names of people of history, of fiction and of public life, whom a caption is about. */
  publicFigures: 'keep' | 'replace';
  /** `announced`: only names that a word before or after says to be one (记者张伟, 王芳老师). */
  which: 'all' | 'announced';
  /** Further names that stay. */
  keep: string[];
}

const TOKEN = '〈人名〉';
/** Idioms and examples of names, which mean nobody. */
const NOBODY = /张三李四|张冠李戴|王婆卖瓜/u;
const EXAMPLES = /(?<![\p{Script=Han}])(?:张三|李四|王五|赵六)(?=$|[^\p{Script=Han}]|[和与在说的正])/gu;

/**
 * Names of private people become 〈人名〉. Names that tell nothing (王先生, 小李, 张某) stay, as do the subjects of a picture
 * whom the public knows: 李白, 孙悟空, 姚明.
 */
export const names: RewriteRule<NamesOptions> = {
  name: 'names',
  unit: 'rewrite',
  options: z.strictObject({
    publicFigures: z.enum(['keep', 'replace']).default('keep'),
    which: z.enum(['all', 'announced']).default('all'),
    keep: z.array(z.string().min(2)).default([]),
  }),
  rewrite(text, { publicFigures, which, keep }) {
    let result = '';
    let end = 0;
    let count = 0;
    for (const name of namesIn(text)) {
      if (name.start < end || (which === 'announced' && !name.announced)) continue;
      const written = text.slice(name.start, name.end);
      if ((publicFigures === 'keep' && isPublic(text, name)) || keep.includes(written)) continue;
      result += text.slice(end, name.start) + TOKEN;
      end = name.end;
      count += 1;
    }
    return count === 0 ? { text, count } : { text: result + text.slice(end), count };
  },
};

function namesIn(text: string): { start: number; end: number; announced: boolean }[] {
  if ((scanText(text).phrases & PHRASES.exampleName) === 0) return findNames(text);
  return NOBODY.test(text) ? [] : [...findNames(text), ...examples(text)].sort((a, b) => a.start - b.start);
}

const examples = (text: string): { start: number; end: number; announced: boolean }[] =>
  [...text.matchAll(EXAMPLES)].map((match) => ({ start: match.index, end: match.index + match[0].length, announced: true }));

/** Who is introduced so isn't the one whom the public knows. */
const PRIVATE =
  /(?:市民|村民|居民|网友|业主|租客|学生|同学|学员|乘客|旅客|游客|顾客|客户|车主|司机|失主|患者|病人|员工|职工|联系人|收件人|收货人|寄件人|姓名|户名|持卡人|申请人|嫌疑人|被告人?|邻居|同事|室友)[:： ]{0,2}$/u;

/** Also where the span is only a part of such a name, as 李清 is of 李清照. */
function isPublic(text: string, { start, end }: { start: number; end: number }): boolean {
  if (PRIVATE.test(text.slice(Math.max(0, start - 8), start))) return false;
  for (let from = Math.max(0, start - 1); from <= start; from += 1)
    for (let to = end; to <= end + 2; to += 1) if (PUBLIC_FIGURES.has(text.slice(from, to))) return true;
  return end - start === 3 && PUBLIC_FIGURES.has(text.slice(start, end - 1));
}

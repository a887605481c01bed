import { describe, expect, it } from 'vitest';
import { scoreCaptions } from './score-captions.ts';

/** What people and a captioner say of six pictures, cut into words. */
const REFERENCES: Record<string, string[]> = {
  a: ['一个 穿着 红色 衣服 的 女人 站在 舞台 上 唱歌', '舞台 上 站着 一个 身穿 红衣 的 女人'],
  b: ['两个 男孩 在 绿油油 的 草地 上 踢 足球', '球场 上 有 两个 正在 踢球 的 男孩子'],
  c: ['一只 白色 的 小猫 趴在 木桌子 上 睡觉', '木桌 上 趴着 一只 白猫'],
  d: ['一辆 公共汽车 停在 马路边', '路边 停着 一辆 红色 的 公交车'],
  e: ['几个 人 坐在 餐桌 旁边 吃饭', '餐厅 里 有 几个人 在 吃 晚饭'],
  f: ['海边 的 沙滩 上 有 一把 遮阳伞', '蓝天 下 的 沙滩 上 放着 太阳伞'],
};
const CANDIDATES: Record<string, string> = {
  a: '一个 穿 红衣服 的 女人 在 舞台 上 唱歌',
  b: '两个 男孩子 在 草地 上 踢足球',
  c: '一只 白猫 趴在 桌子 上',
  d: '一辆 公交车 停在 路边',
  e: '几个人 坐在 餐桌旁 吃饭',
  f: '沙滩 上 有 一把 太阳伞',
};

describe('the calibration of coco-caption for Chinese', () => {
  // COCO-CN: 36.7 / 29.5 / 55.0 / 98.4 by word and 48.4 / 29.5 / 59.2 / 128.4 by character for one captioner, as ERNIE-ViLG re-scores it
  it('scores the same predictions higher by character than by word, and METEOR the same', () => {
    const byWord = scoreCaptions(REFERENCES, CANDIDATES, { tokenizer: 'space' });
    const byCharacter = scoreCaptions(REFERENCES, CANDIDATES, { tokenizer: 'char' });
    for (const metric of ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'ROUGE-L', 'CIDEr-D'] as const)
      expect(byCharacter[metric], metric).toBeGreaterThan(byWord[metric]);
    expect(byCharacter.METEOR).toBeCloseTo(byWord.METEOR, 10);
  });
});

import { expect, it } from 'vitest';
import { cleanText, endOfText } from './clean-text.ts';

it.each([
  ['  一\n\t二\u00A0三  ', '一 二 三'],
  ['零\u200B宽\uFEFF字\u00AD符', '零宽字符'],
  ['响\u0007铃', '响铃'],
  ['半\uD842个', '半\uFFFD个'],
  [' \n ', ''],
])('%j is read as %j', (text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

it('is cut between characters', () => {
  expect(cleanText('猫𠮷狗', 2)).toBe('猫');
  expect(cleanText('猫𠮷狗', 3)).toBe('猫𠮷');
  expect(cleanText('一 二', 2)).toBe('一');
  expect(endOfText('猫𠮷狗', 2)).toBe('狗');
  expect(endOfText('猫𠮷狗', 4)).toBe('猫𠮷狗');
});

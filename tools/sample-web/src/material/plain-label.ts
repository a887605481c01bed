/**
 * The Chinese label of an emoji as people would write it: 男人: 卷发 is 卷发男人, 旗: 荷兰 is 荷兰旗帜, 行人: 面向右边 is
 * 面向右边的行人.
 */
export function plainLabel(label: string): string {
  const [, general, particular] = /^(.+?): (.+)$/.exec(label) ?? [];
  if (general === undefined || particular === undefined) return label;
  switch (general) {
    case '旗':
      return `${particular}旗帜`;
    case '按键':
      return `按键${particular}`;
    case '亲吻':
    case '情侣':
      return `${particular}${general}`;
    default:
      return particular.startsWith('面向') ? `${particular}的${general}` : `${particular}${general}`;
  }
}

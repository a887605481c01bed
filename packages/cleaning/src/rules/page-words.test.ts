import { describe, expect, test } from 'vitest';
import { uiPhrases } from './ui-phrases.ts';
import { weiboMarks } from './weibo-marks.ts';

describe('ui-phrases', () => {
  const context = { kind: 'caption', source: 'news' } as const;
  const rewritten = (text: string, phrases: string[] = []): string => uiPhrases.rewrite(text, { phrases }, context).text;

  test.each([
    '点击查看大图',
    '点击图片查看原图',
    '查看源网页',
    '展开全文',
    '展开全文c',
    '收起全文',
    '转发微博',
    'O网页链接',
    'Repost',
    '图片来源：视觉中国',
    '来源：新华网',
    '责任编辑：王五',
    '摄影：张三 李四',
    '文/王小明 图/李小红',
    '转载请注明出处',
    '未经授权不得转载',
    '版权所有，侵权必究',
    '扫码关注公众号',
    '微信扫一扫',
    '点击上方蓝字关注我们',
    '下载客户端查看更多',
    '更多精彩内容',
    '加载中...',
    '图片加载中',
    '【查看更多】',
    '返回首页',
    '上一篇：长江 下一篇：黄河',
    '分享到：微信 微博 QQ空间',
    '（资料图）',
  ])('nothing is left of %j', (text) => {
    expect(rewritten(text)).toBe('');
  });

  test.each([
    ['天安门广场 点击查看大图', '天安门广场'],
    ['天安门广场（图片来源：新华社）', '天安门广场'],
    ['天安门广场。图片来源:新华网', '天安门广场。'],
    ['今天天气真好...展开全文', '今天天气真好'],
    ['今天天气真好展开全文c', '今天天气真好'],
    ['春节联欢晚会 | 点击进入专题 >>', '春节联欢晚会'],
    ['（资料图）长江大桥', '长江大桥'],
    ['资料图：长江大桥', '长江大桥'],
    ['长江大桥 新华社记者 张三 摄', '长江大桥'],
    ['图为长江大桥（记者李四摄）', '图为长江大桥'],
    ['长江大桥今日通车（原标题：大桥通车了）', '长江大桥今日通车'],
    ['原标题：长江大桥今日通车', '长江大桥今日通车'],
    ['新片上映 O网页链接', '新片上映'],
  ])('%j becomes %j', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
  });

  test.each([
    '他展开全文细读',
    '老师请大家展开全文朗读',
    '信息来源：农业部公布的数据',
    '水的来源：雪山融水',
    '图片来源于生活的艺术',
    '资料图书馆的藏书',
    '微信推出新功能',
    '他在微信里说，明天见',
    '广告牌倒塌',
    '编辑部的故事',
    '记者：您怎么看？',
    '摄影爱好者的天堂',
    '摄影展：光与影的对话',
    '打开图片给我看',
    '用户可以查看全部评论后再决定',
    '图书馆上一页的记录',
    '转发微博的人数创新高',
    '关注留守儿童',
    '下载速度加快',
    '收藏家展出珍品',
    '《展开》是一首诗',
  ])('keeps %j as it is', (text) => {
    expect(rewritten(text)).toBe(text);
  });

  test('removes phrases of a source that the recipe names, as plain text', () => {
    expect(rewritten('长江大桥 [本台讯]', ['[本台讯]'])).toBe('长江大桥');
  });
});

describe('weibo-marks', () => {
  const rewritten = (text: string): string => weiboMarks.rewrite(text, {}, { kind: 'post', source: 'weibo' }).text;

  test.each([
    ['#春节# 今天包饺子[doge]', '春节 今天包饺子'],
    ['#北京冬奥会#开幕式#真美#', '北京冬奥会 开幕式 真美'],
    ['#王心凌[超话]#新歌', '王心凌 新歌'],
    ['今天好开心[笑cry][笑cry]！@张三 一起来', '今天好开心 ！ 一起来'],
    ['回复@李四:说得对[赞]', '说得对'],
    ['太好看了//@王五:真的吗？', '太好看了 真的吗？'],
    ['新片上映 O网页链接', '新片上映'],
    ['带你看世界 L张三的微博视频', '带你看世界'],
    ['好看[哈哈哈][没见过]', '好看'],
    ['晚安[月亮]', '晚安'],
  ])('%j becomes %j', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
  });

  test.each([
    '1#楼和2#楼的距离',
    '学习C#和F#语言',
    '5 # 6 # 7',
    '[北京]今日晴',
    '长城[图]',
    '[1]参考文献',
    '邮箱abc@qq.com',
    '我喜欢的微博视频功能',
    '微博视频号怎么开',
    '网页链接失效了',
  ])('keeps %j as it is', (text) => {
    expect(rewritten(text)).toBe(text);
  });
});

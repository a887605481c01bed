import { describe, expect, test } from 'vitest';
import type { RewriteRule } from '../rule.ts';
import { emails } from './emails.ts';
import { phones } from './phones.ts';
import { urls } from './urls.ts';
import type { NoOptions } from '../no-options.ts';

const rewritten = (rule: RewriteRule<NoOptions>, text: string): string =>
  rule.rewrite(text, {}, { kind: 'caption', source: 'news' }).text;

describe('phones', () => {
  test.each([
    ['联系电话：13812345678，王先生', '联系电话：〈电话〉，王先生'],
    ['请拨打138-1234-5678咨询', '请拨打〈电话〉咨询'],
    ['138 1234 5678', '〈电话〉'],
    ['138.1234.5678 李', '〈电话〉 李'],
    ['手机+86 138 1234 5678。', '手机〈电话〉。'],
    ['8613812345678', '〈电话〉'],
    ['0086-13812345678', '〈电话〉'],
    ['13812 345678', '〈电话〉'],
    ['13800138000、13900139000', '〈电话〉、〈电话〉'],
    ['13800138000,13900139000', '〈电话〉,〈电话〉'],
    ['138****5678 中奖', '〈电话〉 中奖'],
    ['座机010-62345678转801', '座机〈电话〉'],
    ['（010）62345678', '〈电话〉'],
    ['(0571)8765-4321', '〈电话〉'],
    ['0755-8888 6666', '〈电话〉'],
    ['电话:0571 87654321', '电话:〈电话〉'],
    ['+86-10-6234-5678', '〈电话〉'],
    ['客服热线400-820-8820', '客服热线〈电话〉'],
    ['客服热线4008208820', '客服热线〈电话〉'],
    ['订票电话62345678', '订票电话〈电话〉'],
    ['传真：01062345678', '传真：〈电话〉'],
    ['美国 +1 415-555-2671', '美国 〈电话〉'],
    ['投诉13812345678投诉', '投诉〈电话〉投诉'],
  ])('%j becomes %j', (text, expected) => {
    expect(rewritten(phones, text)).toBe(expected);
  });

  test.each([
    '2024-11-11活动',
    '2024-11-11 10:30:00',
    '2023-2024赛季',
    '13:45-15:30',
    '20241111',
    '《1984》',
    '产品型号13812345678',
    '订单号：13812345678',
    '快递单号 13812345678',
    'SN-13812345678',
    'A13812345678B',
    'QQ：1381234567',
    'QQ13812345678',
    'ISBN 978-7-02-000220-7',
    '专利号13812345678',
    '价格13800138000元',
    '￥13800138000',
    '共有13800138000人次',
    '人口1,380,013,800',
    '身份证11010119900307123X',
    '银行卡6222021234567890123',
    '3.1415926535',
    '0.13812345678',
    'v13.8.1234',
    '邮编100084',
    '北京市海淀区62345678',
    '轴距2900-1380-1234',
    '12345678901',
    '比分 110-119',
    '阅读13812345678',
  ])('keeps %j as it is', (text) => {
    expect(rewritten(phones, text)).toBe(text);
  });
});

describe('emails', () => {
  test.each([
    ['投稿邮箱abc.def@163.com，欢迎', '投稿邮箱〈邮箱〉，欢迎'],
    ['zhang_san(at)qq.com', '〈邮箱〉'],
    ['zhang-san[at]pku.edu.cn', '〈邮箱〉'],
    ['test+tag@x.com.', '〈邮箱〉.'],
    ['a@b.cn;c@d.org', '〈邮箱〉;〈邮箱〉'],
  ])('%j becomes %j', (text, expected) => {
    expect(rewritten(emails, text)).toBe(expected);
  });

  test.each(['logo@2x.png', '@张三 你好', 'a@b', '单价@5.00元', '回复@user.name:好', 'icon@3x.webp 图标', '@163.com'])(
    'keeps %j as it is',
    (text) => {
      expect(rewritten(emails, text)).toBe(text);
    },
  );
});

describe('urls', () => {
  test.each([
    ['见https://t.cn/A6abc，谢谢', '见〈网址〉，谢谢'],
    ['http://example.com/a?b=c&d=%20#e', '〈网址〉'],
    ['（http://example.com/a）', '（〈网址〉）'],
    ['详见www.example.com.cn/path?a=1。', '详见〈网址〉。'],
    ['www.pku.edu.cn', '〈网址〉'],
    ['更多在weibo.com/1234/ABC看', '更多在〈网址〉看'],
    ['taobao.com购物', '〈网址〉购物'],
    ['pan.baidu.com/s/1abc 提取码', '〈网址〉 提取码'],
    ['youtu.be/x dl.acm.org', 'youtu.be/x 〈网址〉'],
    ['http：//www.a.com/b', '〈网址〉'],
    ['ftp://a.b.c/d', '〈网址〉'],
    ['t.me/durov', '〈网址〉'],
  ])('%j becomes %j', (text, expected) => {
    expect(rewritten(urls, text)).toBe(expected);
  });

  test.each([
    '用Node.js和ASP.NET开发',
    'socket.io 库很好',
    '亚马逊(Amazon.com)财报',
    '圆周率3.14',
    'U.S.A. 国旗',
    'e.g. 例如',
    'README.md 文件',
    '版本2.0.1发布',
    'abc.def@163.com',
    '你好...世界',
    '12:30//14:00',
  ])('keeps %j as it is', (text) => {
    expect(rewritten(urls, text)).toBe(text);
  });
});

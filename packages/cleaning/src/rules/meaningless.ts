import { z } from 'zod';
import type { TextRule } from '../rule.ts';
import { countUnits } from '../text/characters.ts';
import { scanText } from '../text/scan-text.ts';

/** Texts that stand under any picture, after white space, punctuation and a running number are taken off. */
const PLACEHOLDERS = new Set(
  `图 图片 照片 相片 插图 配图 附图 题图 组图 图集 大图 小图 原图 缩略图 高清图 高清大图 封面 封面图 首图 主图 头图 背景 背景图 图像 截图 如图 如图所示 如下图
  如下图所示 上图 下图 左图 右图 见图 示意图 效果图 资料图 资料图片 网络图片 网图 点击 查看 图片加载失败 加载失败 加载中 图片标题 图片说明 图片描述 图片名称 标题 描述 说明
  此处插入图片描述 在这里插入图片描述 请输入图片描述 请输入标题 输入标题 未命名 无标题 无 暂无 暂无图片 暂无描述 空 测试 默认 默认图片 默认标题 默认头像 头像 用户头像 图标 标志 徽标
  二维码 广告 广告位 分享 分享图片 关注 关闭 返回 首页 更多 相册 相关图片 相关图片展示 视频 视频封面 播放 专题 新闻图片 文章图片 文章配图 产品图片 商品图片 商品主图 详情图 文件 附件
  图一 图二 图三 图四 图五 图六 图七 图八 图九 图十 正文 正文图片 内容图片 轮播图 幻灯片 横幅 占位图 空白 收起 展开 全文 转发 评论 打印 纠错 查看 举报 编辑 字号 目录
  image images img picture pictures pic photo photos figure fig logo icon avatar banner thumbnail thumb cover placeholder loading untitled unknown null undefined none nan alt title caption description
  default test click here more qrcode qr share`.split(/\s+/u),
);
const LONGEST_PLACEHOLDER = Math.max(...[...PLACEHOLDERS].map(({ length }) => length));
/** What decoders leave of text in another character set, and what debuggers fill memory with. */
const DECODING_DEBRIS = /锟斤拷|锟叫|烫烫烫|屯屯屯|\uFFFD{2,}|(?:Ã.|Â.){3,}/u;
/** A number is the name of a book or a film in 《1984》 and 《2012》. */
const TITLED_NUMBER = /[《〈]\p{N}[^》〉]*[》〉]/u;
const AROUND = /[\p{P}\p{S}\p{Z}\p{N}\p{M}]+/gu;

/**
 * Texts that say nothing of any picture: only digits, punctuation or tokens; 图片, 如下图所示, image1; debris of a wrong
 * character set. Score 1 is meaningless, 0 is not.
 */
export const meaningless: TextRule<{ texts: string[] }> = {
  name: 'meaningless',
  unit: 'text',
  options: z.strictObject({ texts: z.array(z.string().min(1)).default([]) }),
  measure(text, { texts }) {
    if (DECODING_DEBRIS.test(text)) return 1;
    // Longer than any placeholder.
    if (scanText(text).han > LONGEST_PLACEHOLDER && texts.length === 0) return 0;
    if (TITLED_NUMBER.test(text)) return 0;
    const bare = text
      .replaceAll(/〈[^〉]{2,3}〉/gu, '')
      .replace(AROUND, '')
      .toLowerCase();
    return countUnits(bare).all === 0 || PLACEHOLDERS.has(bare) || texts.includes(bare) ? 1 : 0;
  },
  keep: (score) => score === 0,
};

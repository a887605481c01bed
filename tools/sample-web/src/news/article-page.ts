import iconv from 'iconv-lite';
import { escape, escapeOddly, LAZY_SCRIPT } from '../html.ts';
import { PICTURE_HOST, picturePath, pictureUrl } from '../pictures/picture-address.ts';
import { SLOGANS } from '../pictures/ornaments.ts';
import type { Shown } from '../plan.ts';
import { Dice } from '../random.ts';
import { LAST_MODIFIED } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Article } from './articles.ts';
import { SECTIONS } from './sections.ts';
import type { Charset, Section } from './sections.ts';

export const NEWS_HOST = 'news.wenlan.test';
export const NEWS_ORIGIN = `http://${NEWS_HOST}`;

export const articlePath = ({ section, date, id }: Article): string =>
  `/${section.path}/${date.slice(0, 7)}/${date.slice(8)}/content_${id}.html`;

export const STYLESHEET = `body{margin:0;font:16px/1.8 sans-serif;color:#222;background:#fff}.top{border-bottom:3px solid #a31f34;padding:8px 10%}
.top nav a{margin-right:16px;color:#333;text-decoration:none}.wrap{margin:0 10%;max-width:900px}.crumbs{color:#888;font-size:13px}h1{font-size:30px;line-height:1.4}
.article-info{color:#888;font-size:13px;border-bottom:1px solid #eee;padding-bottom:8px}figure{text-align:center;margin:20px auto}
figure img,.pic img{width:320px;max-width:100%}figcaption,.pic p{font-size:14px;color:#666;text-indent:0!important;text-align:center}.ad-banner{margin:20px 0;font-size:12px;color:#aaa}.ad-banner img{width:100%}
.related{border-top:1px solid #eee}.list li{display:flex;gap:16px;padding:10px 0;border-bottom:1px dashed #ddd;list-style:none}.list img{width:96px;height:72px;object-fit:contain}.footer{background:#f5f5f5;color:#777;font-size:13px;padding:20px 10%}`;

/** The address of a picture as a page of the section writes it. */
export function sectionAddress(section: Section, { drawing, form }: Shown, depth: number): string {
  switch (section.addresses) {
    case 'relative':
      return `${'../'.repeat(depth)}pic/${picturePath(drawing, form)}`;
    case 'base':
      return picturePath(drawing, form);
    default:
      return pictureUrl(drawing, form);
  }
}

export interface NewsPage {
  title: string;
  /** HTML for the head and the body. */
  head: string;
  body: string;
  charset: Charset;
  base?: boolean;
}

/** A page of the news site, in the bytes of its charset. */
export function newsPage({ title, head, body, charset, base = false }: NewsPage): Reply {
  const isGb = charset !== 'utf-8';
  const meta =
    charset === 'gb-meta'
      ? '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
      : charset === 'utf-8'
        ? '<meta charset="utf-8">'
        : '';
  const page = `<!DOCTYPE html>
<html lang="zh-CN"><head>${meta}<title>${escape(title)}_文澜新闻</title>
<link rel="stylesheet" href="${NEWS_ORIGIN}/static/news.css">
${base ? `<base href="http://${PICTURE_HOST}/">` : ''}
${head}</head><body>
<div class="top header"><a href="${NEWS_ORIGIN}/"><img src="http://${PICTURE_HOST}/static/news-logo.svg" alt="文澜新闻" width="180" height="48"></a>
<nav class="nav">${SECTIONS.map(({ path, name }) => `<a href="${NEWS_ORIGIN}/${path}/">${name}</a>`).join('')}<a href="${NEWS_ORIGIN}/internal/">内参</a></nav></div>
${body}
<div class="footer"><p>关于我们 | 版权声明 | 联系电话：010-88776655 | 举报邮箱：jubao@${NEWS_HOST}</p><p>版权所有 文澜新闻 未经授权 不得转载</p></div>
${LAZY_SCRIPT}</body></html>
`;
  const contentType = charset === 'gb-header' ? 'text/html; charset=GBK' : isGb ? 'text/html' : 'text/html; charset=utf-8';
  return {
    status: 200,
    headers: { 'content-type': contentType, 'last-modified': LAST_MODIFIED },
    body: isGb ? iconv.encode(page, 'gb18030') : Buffer.from(page),
  };
}

/** An article: figures between paragraphs, an advert, a counter, links to others. */
export function articlePage(seed: number, article: Article, related: readonly Article[]): Reply {
  const { section, headline, lead, date, author, figures, ending, keywords, advert, robots, id } = article;
  const dice = new Dice(seed, 'layout', id);
  const write = dice.chance(0.12) ? escapeOddly : escape;
  const address = (shown: Shown): string => sectionAddress(section, shown, 3);
  const style = dice.integer(0, 3);
  const parts = figures.map(({ shown, caption, alt, paragraph }) => {
    const image = figureImage(address(shown), alt, dice);
    const below =
      caption === ''
        ? ''
        : style === 1
          ? `<p style="text-align:center">${write(caption)}</p>`
          : `<figcaption>${write(caption)}</figcaption>`;
    const figure =
      style === 1
        ? `<div class="pic"><p style="text-align:center">${image}</p>${below}</div>`
        : `<figure>${image}${below}</figure>`;
    return `<p>　　${write(paragraph)}</p>\n${figure}`;
  });
  const adverts =
    advert === null
      ? ''
      : `<div class="ad-banner"><a href="${NEWS_ORIGIN}/go/${advert}" rel="nofollow"><img src="http://${PICTURE_HOST}/ad/banner-${advert}.svg" alt="${SLOGANS[advert - 1]}"></a>广告</div>`;
  const url = NEWS_ORIGIN + articlePath(article);
  const linked = {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline,
    datePublished: `${date}T08:00:00+08:00`,
    author: { '@type': 'Person', name: author },
    keywords: keywords.join(','),
  };
  const head = `<meta name="keywords" content="${escape(keywords.join(','))}"><meta property="og:type" content="article"><meta property="og:title" content="${escape(headline)}"><meta property="og:url" content="${url}">
${robots === null ? '' : `<meta name="robots" content="${robots}">`}<script type="application/ld+json">${JSON.stringify(linked)}</script>`;
  const body = `<div class="wrap"><div class="crumbs"><a href="${NEWS_ORIGIN}/">首页</a> &gt; <a href="${NEWS_ORIGIN}/${section.path}/">${section.name}</a> &gt; 正文</div>
<article class="article"><h1>${write(headline)}</h1>
<div class="article-info">${date.replaceAll('-', '/')} 08:${String(id % 60).padStart(2, '0')} 来源：文澜新闻 作者：${author} <a href="#comments">评论</a> 字号：大 中 小</div>
<div class="article-content"><p>　　${write(lead)}</p>
${parts.slice(0, 1).join('')}
${adverts}
${parts.slice(1).join('\n')}
${ending.map((paragraph) => `<p>　　${write(paragraph)}</p>`).join('\n')}
<p>（责任编辑：${author}）</p></div></article>
<div class="share"><img src="http://${PICTURE_HOST}/static/share.svg" alt="分享" width="24" height="24">分享到微信 微博 QQ空间</div>
<div class="related"><h3>相关阅读</h3><ul>${related.map((other) => `<li><a href="${NEWS_ORIGIN}${articlePath(other)}">${escape(other.headline)}</a></li>`).join('')}</ul></div></div>
<img src="http://${PICTURE_HOST}/stat.gif?site=news&amp;id=${id}" width="1" height="1" alt="">`;
  return newsPage({ title: headline, head, body, charset: article.charset, base: section.addresses === 'base' });
}

function figureImage(address: string, alt: string, dice: Dice): string {
  const text = alt === '' ? '' : ` alt="${escape(alt)}"`;
  const source = escape(address);
  switch (dice.integer(0, 4)) {
    case 0:
      return `<img src="http://${PICTURE_HOST}/static/blank.gif" data-original="${source}"${text}>`;
    case 1:
      return `<img data-src="${source}"${text} class="lazy">`;
    default:
      return `<img src="${source}"${text}>`;
  }
}

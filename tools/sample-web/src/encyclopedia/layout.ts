import { escape, LAZY_SCRIPT } from '../html.ts';
import { PICTURE_HOST } from '../pictures/picture-address.ts';

export const ENCYCLOPEDIA_HOST = 'baike.wenlan.test';

/** The path of a page by its title. */
export const wikiPath = (title: string): string =>
  `/wiki/${encodeURIComponent(title).replaceAll('%3A', ':').replaceAll('%2F', '/')}`;

export const wikiLink = (title: string, label: string = title): string =>
  `<a href="${wikiPath(title)}" title="${escape(title)}">${escape(label)}</a>`;

export const STYLESHEET = `body{margin:0;font:15px/1.7 sans-serif;color:#202122;background:#f6f6f6}
#head{display:flex;gap:24px;align-items:center;padding:8px 24px;background:#fff;border-bottom:1px solid #a7d7f9}
#content{max-width:960px;margin:16px auto;padding:20px 32px;background:#fff;border:1px solid #a7d7f9}
h1{font:28px/1.3 serif;border-bottom:1px solid #a2a9b1}h2{font:22px/1.3 serif;border-bottom:1px solid #eaecf0;clear:none}
a{color:#0645ad;text-decoration:none}a:hover{text-decoration:underline}
.infobox{float:right;width:240px;margin:0 0 12px 20px;border:1px solid #a2a9b1;background:#f8f9fa;font-size:13px}
.infobox caption{font-weight:bold;padding:6px}.infobox td,.infobox th{padding:3px 8px;text-align:left;vertical-align:top}
.infobox-image{text-align:center!important}.infobox-image img{width:128px;height:128px}
ul.gallery{display:flex;flex-wrap:wrap;gap:10px;padding:0;list-style:none}
.gallerybox{width:120px;text-align:center}.gallerybox .thumb{border:1px solid #c8ccd1;padding:12px;background:#f8f9fa}.gallerybox img{width:72px;height:72px}
.gallerytext{font-size:13px}.mw-editsection{font-size:12px;color:#54595d}#catlinks{border:1px solid #a2a9b1;padding:5px;margin-top:20px;clear:both}
#catlinks ul{display:inline;padding:0}#catlinks li{display:inline;padding:0 8px}footer{text-align:center;font-size:12px;color:#666;padding:16px}`;

export interface WikiPage {
  title: string;
  /** HTML inside the content, after the heading. */
  body: string;
  categories: readonly string[];
  /** HTML for the head. */
  head?: string;
}

/** A page of the encyclopedia, laid out as MediaWiki does. */
export function wikiPage({ title, body, categories, head = '' }: WikiPage): string {
  const edit = `/w/index.php?title=${encodeURIComponent(title)}&amp;action=edit`;
  const catlinks = categories.map((category) => `<li>${wikiLink(`分类:${category}`, category)}</li>`).join('');
  return `<!DOCTYPE html>
<html class="client-nojs" lang="zh-Hans-CN" dir="ltr">
<head><meta charset="UTF-8"><title>${escape(title)} - 文澜百科</title><link rel="stylesheet" href="/static/baike.css">${head}</head>
<body class="mediawiki ltr">
<div id="head" role="banner"><a class="mw-logo" href="/"><img src="//${PICTURE_HOST}/static/baike-logo.svg" alt="文澜百科" width="180" height="48"></a>
<nav><a href="/">首页</a> · <a href="/wiki/Special:RecentChanges">最近更改</a> · <a href="${edit}">编辑</a></nav>
<form id="searchform" action="/w/index.php"><input name="search" placeholder="搜索文澜百科"></form></div>
<div id="content" class="mw-body" role="main">
<h1 id="firstHeading" class="firstHeading">${escape(title)}</h1>
<div id="bodyContent"><div id="siteSub">文澜百科，自由编辑的演示百科</div>
<div id="mw-content-text" class="mw-body-content"><div class="mw-parser-output">
${body}
</div></div>
<div id="catlinks" class="catlinks"><div id="mw-normal-catlinks">分类：<ul>${catlinks}</ul></div></div>
</div></div>
<footer id="footer" role="contentinfo"><p>本页面最后修订于2026年11月2日。联系我们：bianji@${ENCYCLOPEDIA_HOST}，电话：010-62345678</p></footer>
${LAZY_SCRIPT}</body></html>
`;
}

export const heading = (title: string): string =>
  `<h2><span class="mw-headline">${escape(title)}</span><span class="mw-editsection">[编辑]</span></h2>`;

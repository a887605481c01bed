import { escape } from '../html.ts';
import { pictureUrl } from '../pictures/picture-address.ts';

/** What Weibo's JSON writes for the parts of a post. */

export const hashtag = (topic: string): string =>
  `<a href="https://m.weibo.cn/search?containerid=231522type%3D1%26q%3D%23${encodeURIComponent(topic)}%23" data-hide=""><span class="surl-text">#${escape(topic)}#</span></a>`;

/** @param file of Apple's drawings */
export const emoticon = (name: string, file = '1f642.png'): string =>
  `<span class="url-icon"><img alt="[${escape(name)}]" src="${pictureUrl({ vendor: 'apple', file })}" style="width:1em; height:1em;" /></span>`;

export const at = (nickname: string): string => `<a href='/n/${encodeURIComponent(nickname)}'>@${escape(nickname)}</a>`;

export const webLink = (serial: number): string =>
  `<a href="https://weibo.cn/sinaurl?u=http%3A%2F%2Fnews.wenlan.test%2Fgo%2F${serial}" data-hide=""><span class='url-icon'>O</span><span class="surl-text">网页链接</span></a>`;

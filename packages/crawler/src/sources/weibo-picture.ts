import { resolveUrl } from '../html/image-url.ts';

/** Hosts of Weibo's pictures name a size in the first part of the path: thumb150, orj360, bmiddle, mw690, large … */
const PICTURE_HOST = /^(?:wx|ww|tva?)\d\.sinaimg\.(?:cn|com)$/;
const SIZE = /^\/[\w!.-]+\/(?=[^/]+$)/;

interface Picture {
  pid?: string;
  url?: string;
  large?: { url?: string };
}

/** The largest variant of a picture: the one the post names, else the same address in the size `large`. */
export function largePicture({ pid, url, large }: Picture, pageUrl: string): string | null {
  const named = resolveUrl(large?.url ?? '', pageUrl);
  if (named !== null) return named.href;
  const listed = resolveUrl(url ?? '', pageUrl);
  if (listed === null) return pid === undefined ? null : `https://wx1.sinaimg.cn/large/${pid}.jpg`;
  if (PICTURE_HOST.test(listed.hostname)) listed.pathname = listed.pathname.replace(SIZE, '/large/');
  return listed.href;
}

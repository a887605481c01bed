import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vendorFolder, VENDORS } from '../material/vendors.ts';
import type { Vendor } from '../material/vendors.ts';
import { LAST_MODIFIED, notFound, redirect, text } from '../reply.ts';
import type { Reply, Request, Site } from '../reply.ts';
import { resaved, scaled } from './copies.ts';
import { ORNAMENTS, PIXEL } from './ornaments.ts';
import { parsePicturePath, pictureUrl } from './picture-address.ts';
import type { Drawing, PictureForm } from './picture-address.ts';

const ROBOTS = 'User-agent: *\nDisallow: /private/\nAllow: /\n';
const SLOW_MILLIS = 1_200;
/** Of a picture whose transfer broke off. */
const CUT_SHARE = 0.6;
/** Where Weibo keeps two sizes of a picture. */
const WEIBO_PATH = /^\/(?:large|orj360)\/(\w+)\.(?:png|svg)$/;

/** The host of the pictures of all sites. */
export function pictureSite(weiboPictures: ReadonlyMap<string, Drawing>): Site {
  const folders = new Map(VENDORS.map((vendor) => [vendor, vendorFolder(vendor)]));
  const read = ({ vendor, file }: Drawing): Promise<Buffer | null> => readIfThere(folders, vendor, file);
  return async ({ url, headers }) => {
    const { pathname } = url;
    if (pathname === '/robots.txt') return text(ROBOTS, 'text/plain; charset=utf-8');
    if (pathname === '/stat.gif') return picture(PIXEL, 'image/gif', { 'cache-control': 'no-store' });
    const ornament = ORNAMENTS.get(pathname);
    if (ornament !== undefined) return picture(ornament, typeOf(pathname));
    const pid = WEIBO_PATH.exec(pathname)?.[1];
    if (pid !== undefined) return weiboPicture(pid, headers);
    const parsed = parsePicturePath(pathname);
    const bytes = parsed === null ? null : await read(parsed.drawing);
    return parsed === null || bytes === null ? notFound('图片不存在') : inForm(bytes, parsed.drawing, parsed.form);
  };

  async function weiboPicture(pid: string, headers: Request['headers']): Promise<Reply> {
    // As Weibo does against pages of others that show its pictures.
    const referer = String(headers['referer'] ?? '');
    if (!/^https?:\/\/(?:[\w-]+\.)*wenlan\.test\//.test(referer)) return { ...notFound('禁止盗链'), status: 403 };
    const drawing = weiboPictures.get(pid);
    const bytes = drawing === undefined ? null : await read(drawing);
    return drawing === undefined || bytes === null ? notFound('图片不存在') : picture(bytes, typeOf(drawing.file));
  }
}

async function readIfThere(folders: ReadonlyMap<Vendor, string>, vendor: Vendor, file: string): Promise<Buffer | null> {
  try {
    return await readFile(join(folders.get(vendor)!, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function inForm(bytes: Buffer, drawing: Drawing, form: PictureForm | undefined): Reply {
  const type = typeOf(drawing.file);
  const isPng = type === 'image/png';
  switch (form) {
    case 'resaved':
      return picture(resaved(bytes, isPng), type);
    case 'scaled':
      return picture(isPng ? resaved(bytes, isPng) : scaled(bytes), type);
    case 'cut':
      return picture(bytes.subarray(0, Math.floor(bytes.length * CUT_SHARE)), type);
    case 'oops':
      return picture(
        Buffer.from('<!DOCTYPE html><html><head><title>图片</title></head><body><p>请登录后查看原图</p></body></html>'),
        'image/png',
      );
    case 'empty':
      return picture(Buffer.alloc(0), type);
    case 'gone':
      return notFound('图片已被删除');
    case 'busy':
      return { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from('服务器内部错误') };
    case 'noai':
      return picture(bytes, type, { 'x-robots-tag': 'noai, noimageai' });
    case 'reserved':
      return picture(bytes, type, { 'tdm-reservation': '1' });
    case 'moved':
      return redirect(pictureUrl(drawing));
    case 'slow':
      return { ...picture(bytes, type), delayMillis: SLOW_MILLIS };
    default:
      return picture(bytes, type);
  }
}

function picture(body: Buffer, contentType: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status: 200,
    headers: { 'content-type': contentType, 'last-modified': LAST_MODIFIED, 'cache-control': 'max-age=86400', ...headers },
    body,
  };
}

function typeOf(name: string): string {
  if (name.endsWith('.svg')) return 'image/svg+xml';
  return name.endsWith('.gif') ? 'image/gif' : 'image/png';
}

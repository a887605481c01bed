/** What a site answers. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** How long the site takes to answer. */
  delayMillis?: number;
}

/** What a site is asked. */
export interface Request {
  /** With the site's own host name. */
  url: URL;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A site: a pure function of the request. */
export type Site = (request: Request) => Reply | Promise<Reply>;

/** Nothing on these sites ever changes. */
export const LAST_MODIFIED = 'Mon, 02 Nov 2026 00:00:00 GMT';

export function html(page: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'last-modified': LAST_MODIFIED, ...headers },
    body: Buffer.from(page),
  };
}

export function text(body: string, contentType: string): Reply {
  return { status: 200, headers: { 'content-type': contentType, 'last-modified': LAST_MODIFIED }, body: Buffer.from(body) };
}

export function json(value: unknown): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function redirect(location: string, status: 301 | 302 = 301): Reply {
  return {
    status,
    headers: { location, 'content-type': 'text/html; charset=utf-8' },
    body: Buffer.from('<html><body>页面已移动</body></html>'),
  };
}

export function notFound(what = '您访问的页面不存在或已被删除'): Reply {
  return html(
    `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>404</title></head><body><h1>404</h1><p>${what}。</p><p><a href="/">返回首页</a></p></body></html>`,
    404,
  );
}

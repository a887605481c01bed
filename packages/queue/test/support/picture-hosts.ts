import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Loopback hosts with a picture at every address below /p/, and a log of who was asked when. */
export interface PictureHosts {
  port: number;
  /** By host: when each request for a picture came, by the clock that Redis has too, and the most that were under way at once. */
  log: Map<string, { times: number[]; most: number; robots: number }>;
  /** Paths asked for so far, with the status that each was answered with. */
  answers: string[];
  /** From now on what is below /ill/ is answered as what is below /p/ is. */
  heal(): void;
  close(): Promise<void>;
}

const ETAG = '"the only one"';

/** @param delayMillis until an answer comes */
export async function startPictureHosts(delayMillis: number): Promise<PictureHosts> {
  const log: PictureHosts['log'] = new Map();
  const answers: string[] = [];
  let isIll = true;
  const active = new Map<string, number>();
  const server = createServer((request, response) => {
    const host = request.headers.host!.replace(/:\d+$/, '');
    const own = log.get(host) ?? { times: [], most: 0, robots: 0 };
    log.set(host, own);
    if (request.url === '/robots.txt') {
      own.robots += 1;
      response.end('User-agent: *\nDisallow: /forbidden/\n');
      return;
    }
    own.times.push(Date.now());
    response.on('finish', () => answers.push(`${request.url} ${response.statusCode}`));
    active.set(host, (active.get(host) ?? 0) + 1);
    own.most = Math.max(own.most, active.get(host)!);
    setTimeout(() => {
      active.set(host, active.get(host)! - 1);
      if (request.url!.startsWith('/gone/')) response.writeHead(404).end();
      else if (request.url!.startsWith('/ill/') && isIll) response.writeHead(500).end();
      else if (request.headers['if-none-match'] === ETAG) response.writeHead(304).end();
      else if (/^\/(?:p|ill)\//.test(request.url!))
        response
          .writeHead(200, { etag: ETAG })
          .end(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!--${host}${request.url}--></svg>`);
      else
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<img src="/p/a.svg" alt="山"><img src="/p/b.svg" alt="水"><a href="/next">下一页</a>');
    }, delayMillis);
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    log,
    answers,
    heal: () => void (isIll = false),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

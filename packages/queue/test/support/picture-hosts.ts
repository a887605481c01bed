import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Loopback hosts with a picture at every address below /p/, and a log of who was asked when. */
export interface PictureHosts {
  port: number;
  /** By host: when each request for a picture came, and the most that were under way at once. */
  log: Map<string, { times: number[]; most: number; robots: number }>;
  close(): Promise<void>;
}

/** @param delayMillis until an answer comes */
export async function startPictureHosts(delayMillis: number): Promise<PictureHosts> {
  const log: PictureHosts['log'] = new Map();
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
    own.times.push(performance.now());
    active.set(host, (active.get(host) ?? 0) + 1);
    own.most = Math.max(own.most, active.get(host)!);
    setTimeout(() => {
      active.set(host, active.get(host)! - 1);
      if (request.url!.startsWith('/gone/')) response.writeHead(404).end();
      else if (request.url!.startsWith('/p/'))
        response.end(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!--${host}${request.url}--></svg>`);
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
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

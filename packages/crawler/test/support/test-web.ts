import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a page answers: HTML, or what is said, or whatever a function does. */
export type Route =
  | string
  | Buffer
  | { status?: number; headers?: Record<string, string | string[]>; body?: string | Buffer }
  | Handler;
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface TestWeb {
  connectTo: Record<string, string>;
  /** What was asked for, as `host/path`, robots.txt included. */
  requests: string[];
  close(): Promise<void>;
}

/** Serves hosts on loopback. @param routes by `host/path?query`; what isn't there is a 404 */
export async function startTestWeb(routes: Readonly<Record<string, Route>>): Promise<TestWeb> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const address = `${request.headers.host}${request.url}`;
    requests.push(address);
    const route = routes[address];
    if (typeof route === 'function') route(request, response);
    else if (route === undefined) response.writeHead(404).end('not found');
    else if (typeof route === 'string') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(route);
    else if (Buffer.isBuffer(route)) response.writeHead(200).end(route);
    else response.writeHead(route.status ?? 200, route.headers).end(route.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hosts = new Set(Object.keys(routes).map((address) => address.replace(/[:/].*$/, '')));
  return {
    connectTo: Object.fromEntries([...hosts].map((host) => [host, target])),
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

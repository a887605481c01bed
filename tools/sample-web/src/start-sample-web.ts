import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { encyclopediaSite } from './encyclopedia/encyclopedia-site.ts';
import { ENCYCLOPEDIA_HOST } from './encyclopedia/layout.ts';
import { NEWS_HOST } from './news/article-page.ts';
import { NEWS_SEEDS, newsSite } from './news/news-site.ts';
import { PICTURE_HOST } from './pictures/picture-address.ts';
import { pictureSite } from './pictures/picture-site.ts';
import { planWeb } from './plan.ts';
import { notFound } from './reply.ts';
import type { Reply, Site } from './reply.ts';
import { WEIBO_SEEDS, weiboSite } from './weibo/weibo-site.ts';

export interface SampleWebOptions {
  /** Decides which picture stands where, and every sentence. */
  seed: number;
  /** 0, the default, takes any that is free. */
  port?: number;
}

export interface SampleSite {
  name: string;
  kind: 'encyclopedia' | 'news' | 'weibo';
  /** Where a crawl begins. */
  seeds: string[];
}

export interface SampleWeb {
  /** From each host of the web to where it is served, as a crawler's `connectTo` takes it. */
  connectTo: Record<string, string>;
  sites: SampleSite[];
  close(): Promise<void>;
}

const WEIBO_HOST = 'weibo.wenlan.test';
const ADDRESS = '127.0.0.1';
/** Longer than a crawler keeps a connection that it doesn't use. */
const KEEP_ALIVE_MILLIS = 65_000;
/** Pages smaller than this aren't worth compressing. */
const MIN_PACKED_BYTES = 1_024;

/**
 * Serves three Chinese sites and the host of their pictures over HTTP on loopback, told apart by their Host headers. What they
 * answer depends on the seed and the address only, never on the port, the time or what was asked before.
 * @throws Error if the port is taken
 */
export async function startSampleWeb({ seed, port = 0 }: SampleWebOptions): Promise<SampleWeb> {
  const plan = planWeb(seed);
  const weibo = weiboSite(plan);
  const pictures = pictureSite(weibo.pictures);
  const sites = new Map<string, Site>([
    [ENCYCLOPEDIA_HOST, encyclopediaSite(plan)],
    [NEWS_HOST, newsSite(plan, pictures)],
    [WEIBO_HOST, weibo.site],
    [PICTURE_HOST, pictures],
  ]);
  const closing = new AbortController();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MILLIS }, (request, response) => {
    answer(sites, request, response, closing.signal).catch((error: unknown) => {
      // A mistake of ours, which a crawler can't tell from the dirt.
      process.stderr.write(`${request.headers.host}${request.url}: ${(error as Error).stack}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, ADDRESS, resolve);
  });
  const target = `${ADDRESS}:${(server.address() as AddressInfo).port}`;
  return {
    connectTo: Object.fromEntries([...sites.keys()].map((host) => [host, target])),
    sites: [
      { name: 'baike', kind: 'encyclopedia', seeds: [`http://${ENCYCLOPEDIA_HOST}/`] },
      { name: 'news', kind: 'news', seeds: [...NEWS_SEEDS] },
      { name: 'weibo', kind: 'weibo', seeds: [...WEIBO_SEEDS] },
    ],
    async close() {
      closing.abort();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  sites: ReadonlyMap<string, Site>,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const reply = await replyOf(sites.get(host), host, request);
  if (reply.delayMillis !== undefined) await delay(reply.delayMillis, undefined, { signal }).catch(() => undefined);
  const isPacked =
    reply.body.length >= MIN_PACKED_BYTES &&
    /^(?:text|application)\//.test(reply.headers['content-type'] ?? '') &&
    /\bgzip\b/.test(String(request.headers['accept-encoding']));
  const body = isPacked ? gzipSync(reply.body, { level: 1 }) : reply.body;
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(isPacked && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }),
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function replyOf(site: Site | undefined, host: string, { method, url, headers }: IncomingMessage): Promise<Reply> {
  if (method !== 'GET' && method !== 'HEAD') return { ...notFound('不支持这种请求'), status: 405 };
  if (site === undefined || url === undefined || !URL.canParse(url, `http://${host}`)) return notFound('没有这个网站');
  return site({ url: new URL(url, `http://${host}`), headers });
}

import iconv from 'iconv-lite';
import type { SampleWeb } from '../src/index.ts';
import { get, mapSome } from './get.ts';

/** A picture on a page, with all words that stand with it. */
export interface Candidate {
  imageUrl: string;
  pageUrl: string;
  /** Its alternative text and caption; of a post, its text. */
  own: string[];
}

export interface Walk {
  /** By address. */
  pages: Map<string, { status: number; text: string; location: string | null }>;
  /** By image and page. */
  candidates: Map<string, Candidate>;
}

const HTML_HOSTS = new Set(['baike.wenlan.test', 'news.wenlan.test']);
const NOT_A_PAGE = /\.(?:css|js|png|gif|svg)$|\/wiki\/(?:File|Special):|\/w\/|\/search|\/go\//;

/** Reads every page that can be reached, as a plain crawler would that heeds no robots.txt. */
export async function walk(web: SampleWeb): Promise<Walk> {
  const pages: Walk['pages'] = new Map();
  const candidates: Walk['candidates'] = new Map();
  const add = (candidate: Candidate): void => {
    const key = `${candidate.imageUrl} ${candidate.pageUrl}`;
    const known = candidates.get(key);
    if (known === undefined) candidates.set(key, candidate);
    else known.own.push(...candidate.own);
  };
  let waiting = web.sites.flatMap(({ seeds }) => seeds.map(apiAddress));
  while (waiting.length > 0) {
    const found = await mapSome(waiting, async (address) => {
      const { status, headers, body } = await get(web, address);
      const text = decode(body, String(headers['content-type']));
      pages.set(address, { status, text, location: headers.location ?? null });
      if (headers.location !== undefined) return { links: [new URL(headers.location, address).href], pictures: [] };
      if (status !== 200) return { links: [], pictures: [] };
      return text.startsWith('{') ? readPosts(text, address) : readPage(text, address);
    });
    for (const { pictures } of found) pictures.forEach(add);
    waiting = [...new Set(found.flatMap(({ links }) => links))].filter((link) => !pages.has(link) && !NOT_A_PAGE.test(link));
  }
  return { pages, candidates };
}

const apiAddress = (seed: string): string =>
  seed
    .replace(/\/u\/(\d+)$/, '/api/container/getIndex?containerid=107603$1')
    .replace(/\/p\/(\d+)$/, '/api/container/getIndex?containerid=$1');

function decode(body: Buffer, contentType: string): string {
  const declared =
    /charset=([\w-]+)/i.exec(contentType)?.[1] ?? /<meta[^>]*charset=["']?([\w-]+)/i.exec(body.toString('latin1', 0, 1_024))?.[1];
  if (declared !== undefined) return iconv.decode(body, declared);
  const text = body.toString();
  return text.includes('\uFFFD') ? iconv.decode(body, 'gb18030') : text;
}

interface Found {
  links: string[];
  pictures: Candidate[];
}

function readPage(text: string, address: string): Found {
  const base = /<base href="([^"]+)"/.exec(text)?.[1] ?? address;
  const absolute = (value: string): string => new URL(unescapeHtml(value), base).href;
  const links = [...text.matchAll(/<(?:a|link rel="alternate")[^>]* href="([^"#]+)"|<(?:loc|link)>([^<]+)</g)]
    .map(([, href, loc]) => absolute(href ?? loc!))
    .filter((link) => HTML_HOSTS.has(new URL(link).hostname));
  const pictures = [...text.matchAll(/<img ([^>]*)>/g)].map((match): Candidate => {
    const attribute = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(match[1]!)?.[1];
    const image = attribute('data-src') ?? attribute('data-original') ?? attribute('src')!;
    return {
      imageUrl: absolute(image),
      pageUrl: address,
      own: [attribute('alt') ?? '', captionAfter(text, match.index)].map(unescapeHtml).filter(Boolean),
    };
  });
  return { links, pictures };
}

/** The first caption between a picture and the next one. */
function captionAfter(text: string, at: number): string {
  const rest = text
    .slice(at + 4, at + 1_500)
    .replace(/<noscript>.*?<\/noscript>/gs, '')
    .split('<img ')[0]!;
  const caption =
    /class="(?:gallerytext|infobox-caption)"><?p?>?([^<]+)|<figcaption>([^<]+)|<p style="text-align:center">([^<]+)</.exec(rest);
  return caption?.slice(1).find((group) => group !== undefined) ?? '';
}

interface Mblog {
  id: string;
  text: string;
  pics?: Record<string, { large: { url: string } }>;
  retweeted_status?: Mblog;
}

interface CardList {
  data?: { cards?: { mblog?: Mblog; card_group?: { mblog?: Mblog }[] }[]; cardlistInfo?: { since_id?: number } };
}

function readPosts(text: string, address: string): Found {
  const { data } = JSON.parse(text) as CardList;
  const cards = (data?.cards ?? []).flatMap((card) => card.card_group ?? [card]);
  const pictures = cards
    .flatMap(({ mblog }) =>
      mblog === undefined ? [] : [mblog, ...(mblog.retweeted_status === undefined ? [] : [mblog.retweeted_status])],
    )
    .flatMap((post) =>
      Object.values(post.pics ?? {}).map((picture): Candidate => {
        const own = [unescapeHtml(post.text.replaceAll(/<img alt="([^"]*)"[^>]*>/g, '$1').replaceAll(/<[^>]+>/g, ' '))];
        return { imageUrl: picture.large.url, pageUrl: new URL(`/detail/${post.id}`, address).href, own };
      }),
    );
  const next = new URL(address);
  if (data?.cardlistInfo?.since_id === undefined) return { links: [], pictures };
  next.searchParams.set('since_id', String(data.cardlistInfo.since_id));
  return { links: [next.href], pictures };
}

function unescapeHtml(value: string): string {
  const named: Record<string, string> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    ldquo: '“',
    rdquo: '”',
    middot: '·',
    mdash: '—',
    hellip: '…',
    nbsp: ' ',
  };
  return value.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (match, hex?: string, decimal?: string, name?: string) =>
    hex !== undefined
      ? String.fromCodePoint(parseInt(hex, 16))
      : decimal !== undefined
        ? String.fromCodePoint(Number(decimal))
        : (named[name!] ?? match),
  );
}

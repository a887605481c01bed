const PAGE_FILES = [
  'page/main.js',
  'page/explore.js',
  'page/api.js',
  'page/messages.js',
  'page/studio.css',
  'vendor/lit-html.js',
];
const COLUMNS = 'columns=width,height,textLength';
const DATASET = '/api/datasets/pairs';

export interface PageOfPairs {
  total: number;
  pairs: { position: number }[];
}

export interface StudioClient {
  /** @throws Error with the answer where it is a refusal */
  readonly bodyOf: (path: string, init?: RequestInit) => Promise<Uint8Array>;
  readonly jsonOf: (path: string, init?: RequestInit) => Promise<unknown>;
  /** What the page asks for when a filter changes: 60 pairs behind a position, counts by value and three histograms. */
  readonly view: (filter: object) => Promise<PageOfPairs>;
  /** What the page asks for until it shows pairs. */
  readonly firstPage: () => Promise<void>;
}

/** Asks a studio that serves the dataset `pairs` for what its page asks for. */
export function studioClient(url: string): StudioClient {
  const bodyOf: StudioClient['bodyOf'] = async (path, init) => {
    const response = await fetch(new URL(path, url), init);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const jsonOf: StudioClient['jsonOf'] = async (path, init) => JSON.parse(new TextDecoder().decode(await bodyOf(path, init)));
  const view: StudioClient['view'] = async (filter) => {
    const query = filterQuery(filter);
    const [page] = await Promise.all([
      jsonOf(`${DATASET}/pairs?${query}&limit=60`),
      bodyOf(`${DATASET}/counts?${query}&${COLUMNS}`),
    ]);
    return page as PageOfPairs;
  };
  const firstPage = async (): Promise<void> => {
    await Promise.all(['', ...PAGE_FILES].map((file) => bodyOf(`/${file}`)));
    await bodyOf('/api/studio');
    const { pairs } = await view({});
    await Promise.all(pairs.slice(0, 12).map(({ position }) => bodyOf(`${DATASET}/pairs/${position}/picture`).catch(() => {})));
  };
  return { bodyOf, jsonOf, view, firstPage };
}

export const filterQuery = (filter: object): string => `filter=${encodeURIComponent(JSON.stringify(filter))}`;

/** Milliseconds of each turn, ascending. */
export async function millisOf(count: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const millis: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const from = performance.now();
    await work(turn);
    millis.push(performance.now() - from);
  }
  return millis.sort((left, right) => left - right);
}

/** The median, with the slowest in brackets. */
export const shownMillis = (millis: readonly number[]): string =>
  `${millis[millis.length >> 1]!.toFixed(0)} (${millis.at(-1)!.toFixed(0)})`;

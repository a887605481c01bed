/** A crawl of pictures from a list, as `wenlan crawl` and its workers do it. */
export interface SimulatedCrawl {
  urls: number;
  hosts: number;
  /** How unevenly pictures lie on hosts (Zipf): the host of rank k has a share in proportion to k^−exponent; 0 is even. */
  exponent: number;
  /** Of one host. */
  requestsPerSecond: number;
  /** From the request to the last byte. */
  serviceMillis: number;
  /** Share of attempts that fail for a moment, and are made again after `retryMillis`. */
  failingShare: number;
  retries: number;
  retryMillis: number;
  bytesPerPicture: number;
  /** Of one machine: what a benchmark printed of its processors, and its network. */
  picturesPerSecond: number;
  bytesPerSecond: number;
  machines: number;
  /** Parts that the hosts are dealt to; 1 is a crawl in one process. */
  parts: number;
  /** Parts under way at once on a machine. */
  partsAtOnce: number;
  seed: number;
}

/** What came of it, and what bound it. */
export interface SimulationResult {
  seconds: number;
  requests: number;
  bytes: number;
  picturesPerSecond: number;
  /** What the machines could do at most, and what the hosts would bear all together. */
  machineLimit: number;
  hostLimit: number;
  /** Seconds that the longest part takes, which no further machine shortens. */
  longestPartSeconds: number;
}

/** Rows of a list that the crawler reads ahead of the one that it writes next (`MAX_ROWS_AHEAD` of @wenlan/crawler). */
const ROWS_AHEAD = 512;

/**
 * Simulates the crawl row by row. A row's request begins when its host may be asked again, when the machine has room for it, and when
 * the row so many before it is written, since rows are written in their order; one host that is asked slowly holds up all others
 * of its part once the window is full of it.
 */
export function simulateCrawl(crawl: SimulatedCrawl): SimulationResult {
  const { urls, hosts, parts, machines, partsAtOnce, failingShare, retries, bytesPerPicture, requestsPerSecond } = crawl;
  const random = uniform(crawl.seed);
  const hostOf = zipf(hosts, crawl.exponent, random);
  const partOfHost = Uint16Array.from({ length: hosts }, () => Math.floor(random() * parts));
  const perMachine = Math.min(crawl.picturesPerSecond, crawl.bytesPerSecond / bytesPerPicture);
  const perPart = perMachine / Math.min(partsAtOnce, parts);

  const states = Array.from({ length: parts }, () => new Part(perPart));
  const hostFree = new Float64Array(hosts);
  let requests = 0;
  for (let row = 0; row < urls; row++) {
    const host = hostOf();
    let attempts = 1;
    while (attempts <= retries && random() < failingShare) attempts += 1;
    requests += attempts;
    states[partOfHost[host]!]!.take(host, attempts, hostFree, crawl);
  }
  const durations = states.map(({ seconds }) => seconds).sort((left, right) => right - left);
  const seconds = makespan(durations, Math.min(parts, machines * partsAtOnce));
  return {
    seconds,
    requests,
    bytes: urls * bytesPerPicture,
    picturesPerSecond: urls / seconds,
    machineLimit: Math.min(parts, machines) * perMachine,
    hostLimit: hosts * requestsPerSecond,
    longestPartSeconds: durations[0]!,
  };
}

/** One part of a crawl, at its own time. */
class Part {
  seconds = 0;
  private machineFree = 0;
  private readonly between: number;
  /** When the rows of the window were written; rows are written in their order. */
  private readonly written = new Float64Array(ROWS_AHEAD);
  private rows = 0;

  constructor(picturesPerSecond: number) {
    this.between = 1 / picturesPerSecond;
  }

  take(
    host: number,
    attempts: number,
    hostFree: Float64Array,
    { requestsPerSecond, serviceMillis, retryMillis }: SimulatedCrawl,
  ): void {
    const slot = this.rows % ROWS_AHEAD;
    const start = Math.max(this.machineFree, hostFree[host]!, this.written[slot]!);
    this.machineFree = Math.max(this.machineFree, this.written[slot]!) + this.between * attempts;
    hostFree[host] = start + attempts / requestsPerSecond;
    const end = start + (attempts * serviceMillis + (attempts - 1) * retryMillis) / 1000;
    this.seconds = Math.max(this.seconds, end);
    this.written[slot] = this.seconds;
    this.rows += 1;
  }
}

/** Each part goes to whoever is free first, the longest ones first. */
function makespan(durations: readonly number[], slots: number): number {
  const busy = new Float64Array(slots);
  for (const duration of durations) {
    let first = 0;
    for (let slot = 1; slot < slots; slot++) if (busy[slot]! < busy[first]!) first = slot;
    busy[first] = busy[first]! + duration;
  }
  return busy.reduce((most, each) => Math.max(most, each), 0);
}

/** Draws hosts by their shares. */
export function zipf(hosts: number, exponent: number, random: () => number): () => number {
  const upTo = new Float64Array(hosts);
  let sum = 0;
  for (let rank = 0; rank < hosts; rank++) upTo[rank] = sum += (rank + 1) ** -exponent;
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, hosts - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Numbers in [0, 1): mulberry32. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

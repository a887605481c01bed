/** What one host may be asked for. */
export interface HostLimits {
  /** Mean rate; a host that was left alone may be asked for a tenth of a second's worth at once, at least one. */
  requestsPerSecond: number;
  /** Requests under way at once. */
  concurrency: number;
}

/** A crawl-delay beyond this would stop a crawl for good; it is cut down to this. */
const MAX_CRAWL_DELAY_SECONDS = 60;
/** Hosts whose bucket is full and that nobody waits for are forgotten once there are this many. */
const MAX_IDLE_HOSTS = 4_096;
/** After so many failed connections in a row a host is tried once for each URL instead of again and again. */
const FAILURES_BEFORE_NO_RETRY = 5;
const SLOWEST_SHARE = 1 / 16;

interface Waiting {
  order: number;
  go: () => void;
}

interface Host {
  waiting: Waiting[];
  active: number;
  tokens: number;
  refilledAt: number;
  crawlDelaySeconds: number;
  /** Share of the configured rate that the host bears: halved when it says 429 or 503, back to 1 little by little. */
  share: number;
  pausedUntil: number;
  failuresInARow: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * A token bucket and a concurrency limit for every host, in one timer a host that waits. Among those that wait for a host, the
 * one with the lowest `order` goes first.
 */
export class HostLimiter {
  readonly #hosts = new Map<string, Host>();
  readonly #limits: HostLimits;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(limits: HostLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Hosts that are remembered. */
  get hosts(): number {
    return this.#hosts.size;
  }

  /** Waits for leave to ask a host. @returns what to call when the answer is in */
  acquire(name: string, order: number): Promise<() => void> {
    const host = this.#host(name);
    return new Promise((resolve) => {
      const release = (): void => {
        host.active -= 1;
        this.#pump(host);
      };
      const index = host.waiting.findLastIndex((other) => other.order <= order) + 1;
      host.waiting.splice(index, 0, { order, go: () => resolve(release) });
      this.#pump(host);
    });
  }

  /** Asks nothing of a host for a while. */
  pause(name: string, millis: number): void {
    const host = this.#host(name);
    host.pausedUntil = Math.max(host.pausedUntil, this.#now() + millis);
  }

  /** Of its robots.txt, told before every request; counts where it is slower than the configured rate. */
  setCrawlDelay(name: string, seconds: number): void {
    this.#host(name).crawlDelaySeconds = Math.min(Math.max(seconds, 0), MAX_CRAWL_DELAY_SECONDS);
  }

  /** Tells how a request went. */
  report(name: string, result: 'answered' | 'throttled' | 'failed'): void {
    const host = this.#host(name);
    host.failuresInARow = result === 'failed' ? host.failuresInARow + 1 : 0;
    if (result === 'throttled') host.share = Math.max(SLOWEST_SHARE, host.share / 2);
    if (result === 'answered') host.share = Math.min(1, host.share * 1.1);
  }

  /** Whether a host has failed so often in a row that trying a URL again is idle. */
  isDown(name: string): boolean {
    return (this.#hosts.get(name)?.failuresInARow ?? 0) >= FAILURES_BEFORE_NO_RETRY;
  }

  /** Forgets who waits. */
  close(): void {
    for (const host of this.#hosts.values()) clearTimeout(host.timer);
    this.#hosts.clear();
  }

  #host(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      if (this.#hosts.size >= MAX_IDLE_HOSTS) this.#forgetIdle();
      host = {
        waiting: [],
        active: 0,
        tokens: 1,
        refilledAt: this.#now(),
        crawlDelaySeconds: 0,
        share: 1,
        pausedUntil: 0,
        failuresInARow: 0,
        timer: undefined,
      };
      this.#hosts.set(name, host);
    }
    return host;
  }

  #forgetIdle(): void {
    const now = this.#now();
    for (const [name, host] of this.#hosts) {
      const isFull = now - host.refilledAt >= 1000 / this.#rate(host);
      const isPlain = host.failuresInARow === 0 && host.pausedUntil <= now;
      if (host.active === 0 && host.waiting.length === 0 && isFull && isPlain) this.#hosts.delete(name);
    }
  }

  #rate(host: Host): number {
    const configured = this.#limits.requestsPerSecond * host.share;
    return host.crawlDelaySeconds > 0 ? Math.min(configured, 1 / host.crawlDelaySeconds) : configured;
  }

  #pump(host: Host): void {
    while (host.waiting.length > 0 && host.active < this.#limits.concurrency) {
      const delayMillis = this.#takeToken(host);
      if (delayMillis > 0) {
        host.timer ??= setTimeout(() => {
          host.timer = undefined;
          this.#pump(host);
        }, Math.ceil(delayMillis));
        return;
      }
      host.active += 1;
      host.waiting.shift()!.go();
    }
  }

  /** @returns milliseconds to wait; 0 if a token was taken */
  #takeToken(host: Host): number {
    const now = this.#now();
    if (host.pausedUntil > now) return host.pausedUntil - now;
    const rate = this.#rate(host);
    const capacity = Math.max(1, rate / 10);
    host.tokens = Math.min(capacity, host.tokens + ((now - host.refilledAt) / 1000) * rate);
    host.refilledAt = now;
    if (host.tokens < 1) return Math.max(1, ((1 - host.tokens) / rate) * 1000);
    host.tokens -= 1;
    return 0;
  }
}

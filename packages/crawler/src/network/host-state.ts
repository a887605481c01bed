/** What one host may be asked for. */
export interface HostLimits {
  /** Mean rate; a host that was left alone may be asked for a tenth of a second's worth at once, at least one. */
  requestsPerSecond: number;
  /** Requests under way at once. */
  concurrency: number;
}

/** A crawl-delay beyond this would stop a crawl for good; it is cut down to this. */
const MAX_CRAWL_DELAY_SECONDS = 60;
const SLOWEST_SHARE = 1 / 16;
/** After so many failed connections in a row a host is tried once for each URL instead of again and again. */
const FAILURES_BEFORE_NO_RETRY = 5;
/** After so many the circuit opens: nothing is asked of the host for a while. */
const FAILURES_BEFORE_OPEN = 10;
const FIRST_OPEN_MILLIS = 30_000;
const MAX_OPEN_MILLIS = 600_000;
/** Share of the newest answer in the mean latency. */
const NEWEST = 0.2;
/** Answers before the mean is worth anything. */
const MIN_ANSWERS = 8;
/** A host that takes so many times as long as at its best, and so much longer, is under load. */
const RISEN_FACTOR = 3;
const RISEN_MILLIS = 500;

/** The pace of one host: token bucket, adaptive share, pauses, and the circuit breaker. Time is told to it. */
export class HostState {
  active = 0;
  readonly #limits: HostLimits;
  #tokens = 1;
  #refilledAt: number;
  #crawlDelaySeconds = 0;
  /** Share of the configured limits that the host bears: less when it says 429 or 503 or answers slowly, back to 1 little by little. */
  #share = 1;
  #pausedUntil = 0;
  #failuresInARow = 0;
  #openUntil = 0;
  #openMillis = FIRST_OPEN_MILLIS;
  #reason: unknown;
  #answers = 0;
  #meanMillis = 0;
  #bestMillis = Infinity;

  constructor(limits: HostLimits, now: number) {
    this.#limits = limits;
    this.#refilledAt = now;
  }

  /** Requests that it bears at once; one while it is tried whether it is up again. */
  get concurrency(): number {
    return this.#failuresInARow >= FAILURES_BEFORE_OPEN ? 1 : Math.max(1, Math.ceil(this.#limits.concurrency * this.#share));
  }

  /** Whether it has failed so often in a row that trying a URL again is idle. */
  get isFailing(): boolean {
    return this.#failuresInARow >= FAILURES_BEFORE_NO_RETRY;
  }

  /** The last failure, as it was reported. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Milliseconds that nothing is to be asked of it, because it is down. */
  openMillis(now: number): number {
    return Math.max(0, this.#openUntil - now);
  }

  pause(now: number, millis: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + millis);
  }

  setCrawlDelay(seconds: number): void {
    this.#crawlDelaySeconds = Math.min(Math.max(seconds, 0), MAX_CRAWL_DELAY_SECONDS);
  }

  /** @param millis until the answer began */
  answered(millis: number | undefined): void {
    this.#failuresInARow = 0;
    this.#openMillis = FIRST_OPEN_MILLIS;
    this.#share = this.#isSlow(millis) ? Math.max(SLOWEST_SHARE, this.#share * 0.9) : Math.min(1, this.#share * 1.1);
  }

  throttled(): void {
    this.#failuresInARow = 0;
    this.#share = Math.max(SLOWEST_SHARE, this.#share / 2);
  }

  /** @returns whether the circuit has opened */
  failed(now: number, reason: unknown): boolean {
    this.#failuresInARow += 1;
    this.#reason = reason;
    if (this.#failuresInARow < FAILURES_BEFORE_OPEN || this.#openUntil > now) return false;
    this.#openUntil = now + this.#openMillis;
    this.#openMillis = Math.min(MAX_OPEN_MILLIS, this.#openMillis * 2);
    return true;
  }

  /** Whether nothing would change if it were forgotten. */
  isPlain(now: number): boolean {
    const isFull = now - this.#refilledAt >= 1000 / this.#rate;
    return this.active === 0 && isFull && this.#failuresInARow === 0 && this.#pausedUntil <= now && this.#share === 1;
  }

  /** @returns milliseconds until a request may be sent; 0 for now */
  waitMillis(now: number): number {
    if (this.#pausedUntil > now) return this.#pausedUntil - now;
    const rate = this.#rate;
    this.#tokens = Math.min(Math.max(1, rate / 10), this.#tokens + ((now - this.#refilledAt) / 1000) * rate);
    this.#refilledAt = now;
    return this.#tokens >= 1 ? 0 : Math.max(1, ((1 - this.#tokens) / rate) * 1000);
  }

  /** Begins a request that {@link waitMillis} has nothing against. */
  begin(): void {
    this.#tokens -= 1;
    this.active += 1;
  }

  get #rate(): number {
    const configured = this.#limits.requestsPerSecond * this.#share;
    return this.#crawlDelaySeconds > 0 ? Math.min(configured, 1 / this.#crawlDelaySeconds) : configured;
  }

  #isSlow(millis: number | undefined): boolean {
    if (millis === undefined) return false;
    this.#answers += 1;
    this.#meanMillis += (millis - this.#meanMillis) * (this.#answers === 1 ? 1 : NEWEST);
    if (this.#answers < MIN_ANSWERS) return false;
    // What was best once is forgotten slowly: a site may have moved for good.
    this.#bestMillis = Math.min(this.#bestMillis * 1.001, this.#meanMillis);
    return this.#meanMillis > Math.max(this.#bestMillis * RISEN_FACTOR, this.#bestMillis + RISEN_MILLIS);
  }
}

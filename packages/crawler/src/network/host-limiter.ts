import { HostState } from './host-state.ts';
import type { HostLimits } from './host-state.ts';

/** Hosts that nothing needs to be remembered of are forgotten once there are this many. */
const MAX_IDLE_HOSTS = 4_096;

interface Waiting {
  order: number;
  go: (release: () => void) => void;
  refuse: (error: HostDownError) => void;
}

interface Host {
  name: string;
  state: HostState;
  waiting: Waiting[];
  isReady: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** A host has failed so often in a row that it isn't asked for a while (its circuit is open). */
export class HostDownError extends Error {
  /** What was reported of the last failure. */
  readonly reason: unknown;

  constructor(host: string, waitMillis: number, reason: unknown) {
    super(`${host} failed again and again and isn't asked for ${Math.ceil(waitMillis / 1000)} s`);
    this.name = 'HostDownError';
    this.reason = reason;
  }
}

export interface HostLimiterOptions {
  /** Requests under way over all hosts; no limit by default. */
  concurrency?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
  /** A host's circuit has opened. */
  onOpen?: (error: HostDownError) => void;
}

/**
 * Says when each request may be sent: a token bucket, a concurrency limit and a circuit breaker for every host, and one limit
 * over all hosts. A host's token is taken when its request is sent, not when it begins to wait for the others. Among those that
 * wait, the one with the lowest `order` goes first. One timer a host that has to wait.
 */
export class HostLimiter {
  readonly #hosts = new Map<string, Host>();
  readonly #limits: HostLimits;
  readonly #concurrency: number;
  readonly #now: () => number;
  readonly #onOpen: ((error: HostDownError) => void) | undefined;
  /** Hosts whose first request may be sent, by its order, the lowest last. */
  readonly #ready: Host[] = [];
  #active = 0;
  #forgetAt = MAX_IDLE_HOSTS;

  constructor(limits: HostLimits, options: HostLimiterOptions = {}) {
    this.#limits = limits;
    this.#concurrency = options.concurrency ?? Infinity;
    this.#now = options.now ?? (() => performance.now());
    this.#onOpen = options.onOpen;
  }

  /** Hosts that are remembered. */
  get hosts(): number {
    return this.#hosts.size;
  }

  /**
   * Waits for leave to ask a host.
   * @returns what to call when the answer is in
   * @throws HostDownError
   */
  acquire(name: string, order: number): Promise<() => void> {
    const host = this.#host(name);
    const openMillis = host.state.openMillis(this.#now());
    if (openMillis > 0) return Promise.reject(new HostDownError(name, openMillis, host.state.reason));
    return new Promise((go, refuse) => {
      const { waiting } = host;
      let index = waiting.length;
      while (index > 0 && waiting[index - 1]!.order > order) index -= 1;
      waiting.splice(index, 0, { order, go, refuse });
      this.#pump(host);
    });
  }

  /** Asks nothing of a host for a while. */
  pause(name: string, millis: number): void {
    this.#host(name).state.pause(this.#now(), millis);
  }

  /** Of its robots.txt, told before every request; counts where it is slower than the configured rate. */
  setCrawlDelay(name: string, seconds: number): void {
    this.#host(name).state.setCrawlDelay(seconds);
  }

  /** A host has answered. @param millis until the answer began */
  answered(name: string, millis?: number): void {
    this.#host(name).state.answered(millis);
  }

  /** A host has said that it is asked too much. */
  throttled(name: string): void {
    this.#host(name).state.throttled();
  }

  /** A host was not to be reached, or didn't answer. @param reason for {@link HostDownError} */
  failed(name: string, reason: unknown): void {
    const host = this.#host(name);
    if (!host.state.failed(this.#now(), reason)) return;
    const error = new HostDownError(name, host.state.openMillis(this.#now()), reason);
    this.#onOpen?.(error);
    for (const { refuse } of host.waiting.splice(0)) refuse(error);
  }

  /** Whether a host has failed so often in a row that trying a URL again is idle. */
  isFailing(name: string): boolean {
    return this.#hosts.get(name)?.state.isFailing ?? false;
  }

  /** Forgets who waits. */
  close(): void {
    for (const host of this.#hosts.values()) clearTimeout(host.timer);
    this.#hosts.clear();
    this.#ready.length = 0;
  }

  #host(name: string): Host {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      if (this.#hosts.size >= this.#forgetAt) this.#forgetIdle();
      host = { name, state: new HostState(this.#limits, this.#now()), waiting: [], isReady: false, timer: undefined };
      this.#hosts.set(name, host);
    }
    return host;
  }

  #forgetIdle(): void {
    const now = this.#now();
    for (const [name, { state, waiting }] of this.#hosts) {
      if (waiting.length === 0 && state.isPlain(now)) this.#hosts.delete(name);
    }
    // Looking at all of them again pays only once there are many more.
    this.#forgetAt = Math.max(MAX_IDLE_HOSTS, 2 * this.#hosts.size);
  }

  /** Puts a host whose first request may be sent among the ready ones, or waits until it may. */
  #pump(host: Host): void {
    const { state, waiting } = host;
    if (host.isReady || waiting.length === 0 || state.active >= state.concurrency) return;
    const delayMillis = state.waitMillis(this.#now());
    if (delayMillis > 0) {
      host.timer ??= setTimeout(() => {
        host.timer = undefined;
        this.#pump(host);
      }, Math.ceil(delayMillis));
      return;
    }
    host.isReady = true;
    const { order } = waiting[0]!;
    let low = 0;
    for (let high = this.#ready.length; low < high;) {
      const middle = (low + high) >>> 1;
      if ((this.#ready[middle]!.waiting[0]?.order ?? 0) > order) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, host);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#active < this.#concurrency && this.#ready.length > 0) {
      const host = this.#ready.pop()!;
      const { state, waiting } = host;
      host.isReady = false;
      // It may have been paused, or have gone down, since it was ready.
      if (waiting.length > 0 && state.active < state.concurrency && state.waitMillis(this.#now()) === 0) {
        state.begin();
        this.#active += 1;
        waiting.shift()!.go(() => this.#release(host));
      }
      this.#pump(host);
    }
  }

  #release(host: Host): void {
    host.state.active -= 1;
    this.#active -= 1;
    this.#pump(host);
    this.#dispatch();
  }
}

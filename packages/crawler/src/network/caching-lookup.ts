import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import PQueue from 'p-queue';
import { AddressRefusedError } from './address-policy.ts';
import type { AddressPolicy } from './address-policy.ts';

const TIME_TO_LIVE_MILLIS = 60_000;
const NEGATIVE_TIME_TO_LIVE_MILLIS = 10_000;
const MAX_NAMES = 10_000;
/** getaddrinfo occupies a thread of libuv's four, which files and zlib need as well. */
const MAX_CONCURRENT = 2;
const SLOW_MILLIS = 10_000;

export interface CachingLookupOptions {
  policy: AddressPolicy;
  /** Called when the resolver says that it can't keep up (EAI_AGAIN); lookups then run one by one for a while. */
  onOverload: (host: string) => void;
  /** Replaces the system's resolver. */
  resolve?: (host: string) => Promise<LookupAddress[]>;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

interface Answer {
  addresses: Promise<LookupAddress[]>;
  expiresAt: number;
}

/** The system's resolver, asked once a minute for a name and never for more than two names at once. */
export class CachingLookup {
  readonly #answers = new Map<string, Answer>();
  readonly #queue = new PQueue({ concurrency: MAX_CONCURRENT });
  readonly #policy: AddressPolicy;
  readonly #onOverload: (host: string) => void;
  readonly #resolve: (host: string) => Promise<LookupAddress[]>;
  readonly #now: () => number;
  #slowUntil = 0;

  constructor({ policy, onOverload, resolve = systemAddresses, now = () => performance.now() }: CachingLookupOptions) {
    this.#policy = policy;
    this.#onOverload = onOverload;
    this.#resolve = resolve;
    this.#now = now;
  }

  /** All addresses of a host that may be connected to. @throws AddressRefusedError if there are none but others */
  async addresses(host: string): Promise<LookupAddress[]> {
    const all = await this.#cached(host);
    const allowed = all.filter(({ address }) => this.#policy.allows(address));
    if (allowed.length === 0) throw new AddressRefusedError(host, all[0]!.address);
    return allowed;
  }

  /** What `net.connect` takes as its `lookup`. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    void this.#answer(host, options, callback);
  };

  async #answer(host: string, { all, family }: LookupOptions, callback: Parameters<LookupFunction>[2]): Promise<void> {
    let addresses: LookupAddress[];
    try {
      addresses = await this.addresses(host);
    } catch (error) {
      callback(error as NodeJS.ErrnoException, '');
      return;
    }
    const wanted = family === 4 || family === 6 ? addresses.filter((entry) => entry.family === family) : addresses;
    const first = wanted[0] ?? addresses[0]!;
    if (all === true) callback(null, wanted);
    else callback(null, first.address, first.family);
  }

  #cached(host: string): Promise<LookupAddress[]> {
    const known = this.#answers.get(host);
    if (known !== undefined && known.expiresAt > this.#now()) return known.addresses;
    const answer: Answer = { addresses: this.#ask(host), expiresAt: Infinity };
    this.#answers.delete(host);
    this.#answers.set(host, answer);
    if (this.#answers.size > MAX_NAMES) this.#answers.delete(this.#answers.keys().next().value!);
    answer.addresses.then(
      () => (answer.expiresAt = this.#now() + TIME_TO_LIVE_MILLIS),
      () => (answer.expiresAt = this.#now() + NEGATIVE_TIME_TO_LIVE_MILLIS),
    );
    return answer.addresses;
  }

  async #ask(host: string): Promise<LookupAddress[]> {
    this.#queue.concurrency = this.#now() < this.#slowUntil ? 1 : MAX_CONCURRENT;
    try {
      return await this.#queue.add(() => this.#resolve(host));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAI_AGAIN') {
        this.#slowUntil = this.#now() + SLOW_MILLIS;
        // A temporary failure isn't remembered: the fetcher's retry is to ask again.
        this.#answers.delete(host);
        this.#onOverload(host);
      }
      throw error;
    }
  }
}

function systemAddresses(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

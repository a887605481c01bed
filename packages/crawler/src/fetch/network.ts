import { availableParallelism } from 'node:os';
import type { Dispatcher } from 'undici';
import { LocalNetwork } from './local-network.ts';
import type { NetworkOptions } from './local-network.ts';
import { NetworkThread } from './network-thread.ts';
import type { OneRequest, Response } from './request-once.ts';

/** A thread takes longer to start than so many requests take. */
const REQUESTS_BEFORE_THREAD = 512;

/**
 * Sends requests from this thread and, once there have been many, from one of their own, so that HTTP and hashing don't share a
 * core with the order of the rows and their encoding. Which one sends a request changes nothing in its response.
 */
export class Network {
  readonly #options: NetworkOptions;
  /** Told of a host whose name the resolver had no time for. */
  onOverload: (host: string) => void;
  readonly #local: LocalNetwork;
  #thread: NetworkThread | undefined;
  #requestsLeft: number;

  /** @throws UserError ALLOW_ADDRESS_INVALID, CONNECT_TO_INVALID */
  constructor(options: NetworkOptions, onOverload: (host: string) => void) {
    this.#options = options;
    this.onOverload = onOverload;
    this.#local = new LocalNetwork(options, (host) => this.onOverload(host));
    // Two threads would have a bandwidth each, and one that has to wait for the bandwidth has time for all the rest.
    const isThreaded = availableParallelism() > 1 && options.bytesPerSecond === Infinity;
    this.#requestsLeft = isThreaded ? REQUESTS_BEFORE_THREAD : Infinity;
  }

  /** Of this thread, for what is streamed. */
  get dispatcher(): Dispatcher {
    return this.#local.dispatcher;
  }

  /** @throws FetchFailure */
  request(asked: OneRequest): Promise<Response> {
    this.#requestsLeft -= 1;
    if (this.#requestsLeft === 0) this.#thread = new NetworkThread(this.#options, (host) => this.onOverload(host));
    return (this.#thread?.isReady === true ? this.#thread : this.#local).request(asked);
  }

  /** Gives up everything under way. */
  async close(): Promise<void> {
    await Promise.all([this.#local.close(), this.#thread?.close()]);
  }
}

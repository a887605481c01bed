import type { Agent } from 'undici';
import { AddressPolicy } from '../network/address-policy.ts';
import { createAgent } from '../network/agent.ts';
import { Bandwidth } from '../network/bandwidth.ts';
import { CachingLookup } from '../network/caching-lookup.ts';
import { ConnectTo } from '../network/connect-to.ts';
import type { FetchLimits } from './fetch-limits.ts';
import { requestOnce } from './request-once.ts';
import type { OneRequest, Response } from './request-once.ts';

/** What decides where connections go and how much comes through them; it can be sent to another thread. */
export interface NetworkOptions {
  allowAddresses: readonly string[];
  connectTo: Readonly<Record<string, string>>;
  limits: FetchLimits;
  connectionsPerOrigin: number;
  bytesPerSecond: number;
}

/** Names, sockets and bandwidth of one thread. */
export class LocalNetwork {
  readonly dispatcher: Agent;
  readonly #bandwidth: Bandwidth;
  readonly #limits: FetchLimits;

  /**
   * @param onOverload told that the resolver can't keep up with names such as this one
   * @throws UserError ALLOW_ADDRESS_INVALID, CONNECT_TO_INVALID
   */
  constructor(options: NetworkOptions, onOverload: (host: string) => void) {
    const { allowAddresses, connectTo, limits, connectionsPerOrigin, bytesPerSecond } = options;
    const policy = new AddressPolicy(allowAddresses);
    this.dispatcher = createAgent({
      policy,
      lookup: new CachingLookup({ policy, onOverload }),
      connectTo: new ConnectTo(connectTo),
      connectTimeoutMillis: limits.connectTimeoutMillis,
      connectionsPerOrigin,
    });
    this.#bandwidth = new Bandwidth(bytesPerSecond);
    this.#limits = limits;
  }

  /** @throws FetchFailure */
  request(asked: OneRequest): Promise<Response> {
    return requestOnce({ dispatcher: this.dispatcher, bandwidth: this.#bandwidth, limits: this.#limits }, asked);
  }

  /** Gives up everything under way. */
  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }
}

import { Network } from './network.ts';
import type { NetworkOptions } from './local-network.ts';
import type { OneRequest, Response } from './request-once.ts';

/** What a crawl sends requests with. */
export type CrawlNetwork = Pick<Network, 'dispatcher' | 'request' | 'close'>;

/**
 * Networks that go from one crawl of a process to its next, with their names, sockets and thread: a part of a crawl is too short to
 * start a thread for itself.
 */
export class KeptNetworks {
  readonly #idle: { key: string; network: Network }[] = [];

  /**
   * A network that nobody else uses until it is closed.
   * @throws UserError ALLOW_ADDRESS_INVALID, CONNECT_TO_INVALID
   */
  open(options: NetworkOptions, onOverload: (host: string) => void): CrawlNetwork {
    const key = JSON.stringify(options);
    const index = this.#idle.findIndex((kept) => kept.key === key);
    const network = index < 0 ? new Network(options, onOverload) : this.#idle.splice(index, 1)[0]!.network;
    network.onOverload = onOverload;
    let underWay = 0;
    return {
      dispatcher: network.dispatcher,
      async request(asked: OneRequest): Promise<Response> {
        underWay += 1;
        try {
          return await network.request(asked);
        } finally {
          underWay -= 1;
        }
      },
      close: async () => {
        if (underWay > 0) await network.close();
        else this.#idle.push({ key, network });
      },
    };
  }

  /** Ends those that nobody uses. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ network }) => network.close()));
  }
}

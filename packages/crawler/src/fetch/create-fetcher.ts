import type { FilledOptions } from '../crawl-options.ts';
import { Fetcher } from './fetcher.ts';
import { Bandwidth } from '../network/bandwidth.ts';
import { AddressPolicy } from '../network/address-policy.ts';
import { createAgent } from '../network/agent.ts';
import { CachingLookup } from '../network/caching-lookup.ts';
import { ConnectTo } from '../network/connect-to.ts';
import { HostLimiter } from '../network/host-limiter.ts';

/**
 * Puts together what a crawl fetches with.
 * @throws UserError ALLOW_ADDRESS_INVALID, CONNECT_TO_INVALID
 */
export function createFetcher(options: FilledOptions): Fetcher {
  const {
    allowAddresses,
    connectTo,
    limits,
    perHost,
    concurrency,
    userAgent,
    contact,
    seed,
    bytesPerSecond,
    onProgress,
    sharedHosts,
  } = options;
  const note = (sentence: string): void => onProgress?.({ type: 'note', sentence });
  const policy = new AddressPolicy(allowAddresses);
  const lookup = new CachingLookup({
    policy,
    onOverload: (host) => note(`The resolver can't keep up (EAI_AGAIN for ${host}); names are looked up one by one for a while.`),
  });
  return new Fetcher({
    dispatcher: createAgent({
      policy,
      lookup,
      connectTo: new ConnectTo(connectTo),
      connectTimeoutMillis: limits.connectTimeoutMillis,
      connectionsPerOrigin: perHost.concurrency,
    }),
    limiter: new HostLimiter(perHost, { concurrency, onOpen: ({ message }) => note(`${message}.`) }),
    bandwidth: new Bandwidth(bytesPerSecond),
    limits,
    perHost,
    sharedHosts,
    userAgent: `${userAgent} (+${contact})`,
    seed,
    onPause: (host, reason, waitMillis) => note(`${host} isn't asked for ${Math.ceil(waitMillis / 1000)} s (${reason}).`),
  });
}

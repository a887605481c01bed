import type { FilledOptions } from '../crawl-options.ts';
import { Fetcher } from './fetcher.ts';
import { Network } from './network.ts';
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
    networks,
  } = options;
  const note = (sentence: string): void => onProgress?.({ type: 'note', sentence });
  const onOverload = (host: string): void =>
    note(`The resolver can't keep up (EAI_AGAIN for ${host}); names are looked up one by one for a while.`);
  const connectionsPerOrigin = perHost.concurrency;
  const ofNetwork = { allowAddresses, connectTo, limits, connectionsPerOrigin, bytesPerSecond };
  return new Fetcher({
    network: networks?.open(ofNetwork, onOverload) ?? new Network(ofNetwork, onOverload),
    limiter: new HostLimiter(perHost, { concurrency, onOpen: ({ message }) => note(`${message}.`) }),
    limits,
    perHost,
    sharedHosts,
    userAgent: `${userAgent} (+${contact})`,
    seed,
    onPause: (host, reason, waitMillis) => note(`${host} isn't asked for ${Math.ceil(waitMillis / 1000)} s (${reason}).`),
  });
}

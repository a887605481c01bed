import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { AddressRefusedError } from './address-policy.ts';
import type { AddressPolicy } from './address-policy.ts';
import type { CachingLookup } from './caching-lookup.ts';
import type { ConnectTo } from './connect-to.ts';

/** Node's own 250 ms gives up on a distant host that has several addresses. */
const ADDRESS_ATTEMPT_MILLIS = 2_000;

export interface AgentOptions {
  policy: AddressPolicy;
  lookup: CachingLookup;
  connectTo: ConnectTo;
  connectTimeoutMillis: number;
  connectionsPerOrigin: number;
}

/**
 * The one dispatcher of a crawl. Every socket it opens goes through the address policy, whether its URL was a seed, a link or
 * the target of a redirect, and after the name was resolved, so that no name can be rebound behind its back.
 */
export function createAgent(options: AgentOptions): Agent {
  const { policy, lookup, connectTo, connectTimeoutMillis, connectionsPerOrigin } = options;
  const connector = buildConnector({
    timeout: connectTimeoutMillis,
    lookup: lookup.lookup,
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(ADDRESS_ATTEMPT_MILLIS, Math.floor(connectTimeoutMillis / 3))),
  });
  return new Agent({
    connections: connectionsPerOrigin,
    pipelining: 1,
    connect: (request, callback) => {
      const { hostname, port } = connectTo.target(request.hostname, request.port || defaultPort(request.protocol));
      if (isIP(hostname) !== 0 && !policy.allows(hostname)) {
        callback(new AddressRefusedError(request.hostname, hostname), null);
        return;
      }
      connector({ ...request, hostname, port }, callback);
    },
  });
}

export const defaultPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80');

import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { EngineError } from '../engine-error.ts';

/** Where a rank listens. */
export interface Address {
  host: string;
  port: number;
}

/**
 * The addresses of all ranks.
 * @param addresses `host:port`, in rank order
 * @throws EngineError for one that doesn't parse or comes twice, and for a rank that has none
 */
export function parseAddresses(addresses: readonly string[], rank: number): Address[] {
  const parsed = addresses.map((address, index): Address => {
    const [, host, port] = /^([\w.-]+):(\d{1,5})$/.exec(address) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new EngineError(
        'GROUP_ADDRESS',
        `The address of rank ${index} is ${JSON.stringify(address)}; it has to be host:port, as 10.0.0.5:29500.`,
      );
    }
    const first = addresses.indexOf(address);
    if (first !== index) {
      throw new EngineError(
        'GROUP_ADDRESS',
        `Ranks ${first} and ${index} have the same address ${address}; each has to listen on its own port.`,
      );
    }
    return { host, port: Number(port) };
  });
  if (!Number.isInteger(rank) || rank < 0 || rank >= addresses.length) {
    throw new EngineError(
      'GROUP_RANK',
      `Rank ${rank} is none of the ${addresses.length} whose addresses are given: ranks count from 0 to ${addresses.length - 1}.`,
    );
  }
  return parsed;
}

/** Addresses at which anybody may be: those of the ranks, and those of this machine, on all of which the server listens. */
export function publicAddresses(addresses: readonly Address[], interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string[] {
  const own = Object.values(interfaces).flatMap((list) => list ?? []);
  const ours = own.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  return [...new Set([...addresses.map(({ host }) => host), ...ours])].filter((host) => isIPv4(host) && !isPrivate(host));
}

/** Loopback, link-local, RFC 1918, and the carriers' RFC 6598, in which clouds put clusters. */
function isPrivate(address: string): boolean {
  const [a, b] = address.split('.').map(Number) as [number, number];
  return (
    a === 127 ||
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

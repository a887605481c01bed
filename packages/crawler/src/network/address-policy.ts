import { BlockList, isIP, isIPv4 } from 'node:net';
// The thread that sends requests loads this file, and needs nothing else of the package.
import { UserError } from '@wenlan/shards/user-error';

/**
 * What isn't a public address: the IANA special-purpose registries of IPv4 and IPv6, and multicast.
 * A crawler that followed a link there would be a way into the network of whoever runs it.
 */
const SPECIAL_RANGES = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** An address that the crawler may not connect to. */
export class AddressRefusedError extends Error {
  readonly address: string;

  constructor(host: string, address: string) {
    super(host === address ? `${address} is not a public address` : `${host} is at ${address}, which is not a public address`);
    this.name = 'AddressRefusedError';
    this.address = address;
  }
}

/** Which addresses may be connected to: public ones, and those in ranges that the user named. */
export class AddressPolicy {
  readonly #special = blockList(SPECIAL_RANGES);
  readonly #allowed: BlockList;

  /**
   * @param allowed addresses or CIDR ranges, such as `127.0.0.0/8`
   * @throws UserError ALLOW_ADDRESS_INVALID
   */
  constructor(allowed: readonly string[]) {
    this.#allowed = blockList(allowed);
  }

  allows(address: string): boolean {
    const plain = embeddedIpv4(address) ?? address;
    const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
    return this.#allowed.check(plain, family) || !this.#special.check(plain, family);
  }
}

/** The IPv4 address that an IPv4-mapped (`::ffff:a.b.c.d`) or NAT64 (`64:ff9b::`, RFC 6052) address stands for. */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  // The URL parser writes an embedded address as two hexadecimal groups.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`);
  const groups = /^\[(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname);
  if (groups === null) return undefined;
  const [high, low] = [Number.parseInt(groups[1]!, 16), Number.parseInt(groups[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix, ...rest] = range.split('/');
    const bits = isIP(address) === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (isIP(address) === 0 || rest.length > 0 || !(length <= bits)) {
      throw new UserError(
        'ALLOW_ADDRESS_INVALID',
        `The allowed address ${JSON.stringify(range)} is neither an IP address nor a range; write it as 127.0.0.1 or 127.0.0.0/8.`,
      );
    }
    list.addSubnet(address, length, bits === 32 ? 'ipv4' : 'ipv6');
  }
  return list;
}

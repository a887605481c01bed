import { isIP } from 'node:net';
// The thread that sends requests loads this file, and needs nothing else of the package.
import { UserError } from '@wenlan/shards/user-error';

/** Where a connection really goes. */
export interface Target {
  hostname: string;
  port: string;
}

/** Sends the connections of some hosts elsewhere, as curl's `--connect-to` does; URLs, Host headers and TLS names stay. */
export class ConnectTo {
  readonly #targets: ReadonlyMap<string, Target>;

  /**
   * @param entries from `host` or `host:port` to `address:port`
   * @throws UserError CONNECT_TO_INVALID
   */
  constructor(entries: Readonly<Record<string, string>>) {
    this.#targets = new Map(Object.entries(entries).map(([from, to]) => [from.toLowerCase(), parseTarget(from, to)]));
  }

  /** @param port of the URL, the scheme's own included */
  target(hostname: string, port: string): Target {
    return this.#targets.get(`${hostname}:${port}`) ?? this.#targets.get(hostname) ?? { hostname, port };
  }
}

function parseTarget(from: string, to: string): Target {
  const url = URL.canParse(`http://${to}`) ? new URL(`http://${to}`) : undefined;
  const port = /:(\d+)$/.exec(to)?.[1];
  if (url === undefined || port === undefined || url.host.replace(/:\d+$/, '').length === 0 || url.pathname !== '/') {
    throw new UserError(
      'CONNECT_TO_INVALID',
      `Connections to ${from} can't be sent to ${JSON.stringify(to)}; give an address and a port, such as 127.0.0.1:8080.`,
    );
  }
  return { hostname: bareHostname(url), port };
}

/** The host name of a URL, an IPv6 address without its brackets. */
export function bareHostname(url: URL): string {
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 6 ? bare : url.hostname;
}

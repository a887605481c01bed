import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { UserError } from '@wenlan/shards';
import { createApp } from './app.ts';
import { PairCatalog } from './catalog/pair-catalog.ts';
import type { StudioOptions } from './studio-options.ts';

const LOOPBACK = '127.0.0.1';

/** A studio that serves. */
export interface Studio {
  /** Where it is, with the token if there is one. */
  readonly url: string;
  /** Ends connections and closes the catalogs. */
  close(): Promise<void>;
}

/**
 * Serves a page to look at datasets, their cleaning and runs, and to search both ways, and the HTTP interface that it uses.
 * @throws UserError TOKEN_NEEDED for an address other than loopback without a token, ADDRESS_TAKEN; those of opening a dataset
 */
export async function startStudio(options: StudioOptions): Promise<Studio> {
  const { host = LOOPBACK, port = 0, token } = options;
  if (host !== LOOPBACK && host !== 'localhost' && host !== '::1' && token === undefined)
    throw new UserError(
      'TOKEN_NEEDED',
      `The studio at ${host} could be reached by others; give it a token, or leave it at ${LOOPBACK}.`,
    );
  const catalogs = new Map<string, PairCatalog>();
  const closeCatalogs = (): void => {
    for (const catalog of catalogs.values()) catalog.close();
  };
  try {
    for (const { name, location } of options.datasets) {
      const onProgress = (rowsDone: number): void => options.onProgress?.({ dataset: name, rowsDone });
      catalogs.set(name, await PairCatalog.open(name, location, options.cacheFolder, { onProgress, signal: options.signal }));
    }
    const server = createAdaptorServer({ fetch: createApp(options, catalogs).fetch });
    server.listen(port, host);
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new UserError('ADDRESS_TAKEN', `The studio can't listen at ${host}:${port} (${error.code}); name another --port.`, {
        cause: error,
      });
    });
    const { port: taken } = server.address() as AddressInfo;
    const shown = host.includes(':') ? `[${host}]` : host;
    return {
      url: `http://${shown}:${taken}/${token === undefined ? '' : `?token=${encodeURIComponent(token)}`}`,
      close: async () => {
        const closed = once(server, 'close');
        server.close();
        if ('closeAllConnections' in server) server.closeAllConnections();
        await closed;
        closeCatalogs();
      },
    };
  } catch (error) {
    closeCatalogs();
    throw error;
  }
}

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { UsageError } from './usage-error.ts';

/** The types that a browser would need to be told; the crawler looks at the bytes. */
const MIME_TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
  '.xml': 'application/xml',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

export interface FolderServer {
  /** As `127.0.0.1:41234`. */
  address: string;
  close(): Promise<void>;
}

/**
 * Serves a folder of static HTML on a free loopback port. No charset is announced: pages say it themselves.
 * @throws UsageError when the folder does not exist
 */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const root = await realpath(folder).catch(() => {
    throw new UsageError('SITE_MISSING', `${folder} does not exist; name a folder of HTML files with --site.`);
  });
  if (!(await stat(root)).isDirectory()) {
    throw new UsageError('SITE_MISSING', `${folder} is a file; name the folder that holds it with --site.`);
  }
  const server = createServer((request, response) => {
    void findFile(root, request.url ?? '/').then((found) => {
      if (found === undefined) return response.writeHead(404, { 'content-length': 0 }).end();
      const type = MIME_TYPES[extname(found.file).toLowerCase()] ?? 'application/octet-stream';
      response.writeHead(200, {
        'content-type': type,
        'content-length': found.bytes,
        'last-modified': found.modified.toUTCString(),
      });
      if (request.method === 'HEAD') return response.end();
      return createReadStream(found.file)
        .on('error', () => response.destroy())
        .pipe(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function findFile(root: string, url: string): Promise<{ file: string; bytes: number; modified: Date } | undefined> {
  try {
    const path = decodeURIComponent(new URL(url, 'http://folder').pathname);
    const file = await realpath(join(root, path.endsWith('/') ? `${path}index.html` : path));
    if (!file.startsWith(root + sep)) return undefined;
    const status = await stat(file);
    return status.isFile() ? { file, bytes: status.size, modified: status.mtime } : undefined;
  } catch {
    return undefined;
  }
}

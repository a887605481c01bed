import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, sep } from 'node:path';
import { Hono } from 'hono';
import { Problem } from '../problem.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const PAGE_FILE = /^[a-z0-9-]+\.(html|js|css|svg)$/u;

/** Files of libraries that the page takes as they are. */
function vendorFiles(): ReadonlyMap<string, string> {
  const require = createRequire(import.meta.url);
  const folderOf = (name: string): string => {
    const entry = require.resolve(name);
    return entry.slice(0, entry.lastIndexOf(`${sep}${name}${sep}`) + name.length + 2);
  };
  return new Map([
    ['lit-html.js', join(folderOf('lit-html'), 'lit-html.js')],
    ['uplot.js', join(folderOf('uplot'), 'dist/uPlot.esm.js')],
    ['uplot.css', join(folderOf('uplot'), 'dist/uPlot.min.css')],
  ]);
}

/** The page itself: files of one folder by name, and two libraries. Nothing else of the machine can be named. */
export function pageRoutes(): Hono {
  const folder = new URL('../../page/', import.meta.url);
  const vendor = vendorFiles();
  const send = async (path: string | URL, name: string): Promise<Response> =>
    new Response(new Uint8Array(await readFile(path)), {
      headers: { 'content-type': TYPES[extname(name)]!, 'cache-control': 'no-cache' },
    });
  return new Hono()
    .get('/', () => send(new URL('index.html', folder), 'index.html'))
    .get('/vendor/:file', (context) => {
      const file = vendor.get(context.req.param('file'));
      if (file === undefined) throw new Problem(404, 'NOT_FOUND', `There is nothing at ${context.req.path}.`);
      return send(file, file);
    })
    .get('/page/:file', async (context) => {
      const name = context.req.param('file');
      const missing = new Problem(404, 'NOT_FOUND', `There is nothing at ${context.req.path}.`);
      if (!PAGE_FILE.test(name)) throw missing;
      return send(new URL(name, folder), name).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? missing : error;
      });
    });
}

import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from './serve-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wenlan-folder-'));
  await writeFile(join(folder, 'index.html'), '<p>首页</p>');
  await writeFile(join(folder, '图 1.svg'), '<svg/>');
  await symlink('/etc/hostname', join(folder, 'outside.txt'));
});
afterAll(() => rm(folder, { recursive: true }));

describe(serveFolder, () => {
  it('serves files with their types, the index of a folder, and nothing outside', async () => {
    const server = await serveFolder(folder);
    const get = (path: string, method = 'GET'): Promise<Response> => fetch(`http://${server.address}${path}`, { method });
    try {
      const index = await get('/');
      expect([index.status, index.headers.get('content-type'), await index.text()]).toEqual([200, 'text/html', '<p>首页</p>']);
      const picture = await get(`/${encodeURIComponent('图 1.svg')}?v=2`);
      expect([picture.headers.get('content-type'), await picture.text()]).toEqual(['image/svg+xml', '<svg/>']);
      expect(await (await get('/', 'HEAD')).text()).toBe('');
      for (const path of ['/missing.html', '/outside.txt', '/..%2f..%2fetc%2fhostname', '/%zz']) {
        expect([path, (await get(path)).status]).toEqual([path, 404]);
      }
    } finally {
      await server.close();
    }
  });

  it('names a folder that is not there, or is a file', async () => {
    await expect(serveFolder(join(folder, 'nowhere'))).rejects.toThrow(/nowhere does not exist; name a folder of HTML files/);
    await expect(serveFolder(join(folder, 'index.html'))).rejects.toThrow(/index\.html is a file; name the folder/);
  });
});

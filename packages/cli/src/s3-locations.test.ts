import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runWenlan } from '../test/support/run-wenlan.ts';

const VARIABLES = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'us-east-1' };
const before = { ...process.env };
beforeEach(() => void Object.assign(process.env, VARIABLES));
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

describe('commands given s3:', () => {
  it('train keeps its run in a folder, and says so', async () => {
    expect(await runWenlan('train', '--data', 's3://pairs/clean', '--out', 's3://pairs/run')).toEqual({
      status: 2,
      out: '',
      err: 'What is written here needs a folder of this machine, and s3://pairs/run is in S3; give a path or a file: URL, and copy the folder afterwards.\n',
    });
  });

  it('verify says in one sentence that nobody answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.close();
    await once(server, 'close');
    process.env['AWS_ENDPOINT_URL_S3'] = endpoint;
    expect(await runWenlan('verify', 's3://pairs/clean')).toEqual({
      status: 1,
      out: '',
      err: `S3 can't be reached for s3://pairs/clean/manifest.json at ${endpoint}: ECONNREFUSED; check the network and AWS_ENDPOINT_URL_S3, then run the same command again, which goes on from the last committed shard.\n`,
    });
  });
});

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
  it.each([
    ['train', '--data', 's3://pairs/clean', '--out', 's3://pairs/run'],
    ['cache-features', '--data', 's3://pairs/clean', '--out', 's3://pairs/run'],
    ['encode', 'run', '--captions', 's3://pairs/clean', '--out', 's3://pairs/run'],
    ['run', '--out', 's3://pairs/run'],
    ['quickstart', '--site', '.', '--out', 's3://pairs/run'],
    ['stats', 'run', '--html', 's3://pairs/run'],
    ['export', '--run', 'run', '--format', 'safetensors', '--out', 's3://pairs/run'],
  ])('%s writes into a folder, and says so', async (...args) => {
    expect(await runWenlan(...args)).toEqual({
      status: 2,
      out: '',
      err: 'What is written here needs a folder of this machine, and s3://pairs/run is in S3; give a path or a file: URL, and copy the folder afterwards.\n',
    });
  });

  it.each([
    ['evaluate', 's3://pairs/run', '--data', 's3://pairs/clean'],
    ['encode', 's3://pairs/run', '--captions', 's3://pairs/clean', '--out', 'vectors.arrow'],
    ['stats', 's3://pairs/run'],
    ['export', '--run', 's3://pairs/run', '--format', 'safetensors', '--out', 'weights.safetensors'],
  ])('%s reads a run from a folder, and says so', async (...args) => {
    expect(await runWenlan(...args)).toEqual({
      status: 2,
      out: '',
      err: 'A run is read from a folder of this machine, and s3://pairs/run is in S3; copy it to a folder and name that.\n',
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

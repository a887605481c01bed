import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Sdk } from '../../src/storage/s3-client.ts';

let sdkProblem: string | null = null;
const sdk = await import('@aws-sdk/client-s3').catch((error: unknown) => {
  sdkProblem = `the AWS SDK can't be loaded under this run's conditions (${(error as Error).message.split('\n')[0]!})`;
  return null;
});
/** Only where there is an S3 server. */
export const aws = sdk as Sdk;

const PROGRAM = `
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address=sys.argv[1], port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
`;

/** Interpreters that may have moto: one named for it, the one that all tests of Python use, and the one on the path. */
const candidates = [process.env['WENLAN_S3_PYTHON'], process.env['WENLAN_PYTHON'], 'python3'].filter(
  (python): python is string => python !== undefined && python !== '',
);

const found = candidates.map((python) => {
  const { status, error, stderr } = spawnSync(python, ['-c', 'import moto.server'], { encoding: 'utf8' });
  return { python, problem: status === 0 ? null : (error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it failed') };
});

/** Why there is no S3 server here; null if there is one. */
const missingServer = found.some(({ problem }) => problem === null)
  ? null
  : `no S3 server can be started: ${found.map(({ python, problem }) => `${python} can't import moto.server (${problem})`).join(', ')}; ` +
    `pip install 'moto[server]' and name the interpreter in WENLAN_S3_PYTHON (rclone's serve s3 knows no conditional put)`;
export const missingS3: string | null = sdkProblem ?? missingServer;
if (missingS3 !== null) process.stderr.write(`s3 tests: skipped, ${missingS3}\n`);

export interface S3Server {
  endpoint: string;
  bucket: string;
  client: S3Client;
  /** A prefix that no other test has. */
  place: (name: string) => string;
  close: () => Promise<void>;
}

/**
 * Starts moto on a free port, points the environment at it, and gives S3 a cache of its own.
 * @param address of this machine that others reach it at
 */
export async function startS3(address = '127.0.0.1'): Promise<S3Server> {
  const { python } = found.find(({ problem }) => problem === null)!;
  const child = spawn(python, ['-c', PROGRAM, address], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  let port = '';
  for await (const line of lines) {
    port = line;
    if (/^\d+$/.test(port)) break;
  }
  child.stdout.resume();
  const endpoint = `http://${address}:${port}`;
  const cache = await mkdtemp(join(tmpdir(), 'wenlan-s3-cache-'));
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    WENLAN_CACHE_DIR: cache,
  });
  const client = new aws.S3Client({ endpoint, forcePathStyle: true });
  const bucket = 'wenlan-test';
  await client.send(new aws.CreateBucketCommand({ Bucket: bucket }));
  let places = 0;
  return {
    endpoint,
    bucket,
    client,
    place: (name) => `s3://${bucket}/${(places += 1)}/${name}`,
    close: async () => {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      client.destroy();
      child.stdin.end();
      await once(child, 'exit');
      await rm(cache, { recursive: true });
    },
  };
}

/** Hash of every object below a prefix, by its name: as `folderBytes` gives those of a folder. */
export async function prefixBytes({ client, bucket }: S3Server, location: string): Promise<Record<string, string>> {
  const prefix = `${location.slice(`s3://${bucket}/`.length)}/`;
  const hashes: Record<string, string> = {};
  const { Contents = [] } = await client.send(new aws.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  for (const { Key = '' } of Contents) {
    const { Body } = await client.send(new aws.GetObjectCommand({ Bucket: bucket, Key }));
    hashes[Key.slice(prefix.length)] = createHash('sha256')
      .update(await Body!.transformToByteArray())
      .digest('hex');
  }
  return hashes;
}

/** What happens to a request on its way: `cut` breaks off its answer in the middle, `lose` does so after it took effect. */
export type Fate = 'pass' | 'unavailable' | 'reset' | 'cut' | 'lose';

/** Stands between the tests and the server, and does to each request what is decided for it. */
export async function startProxy(
  endpoint: string,
  decide: (incoming: IncomingMessage) => Fate,
  headersOf: (headers: IncomingHttpHeaders) => OutgoingHttpHeaders = (headers) => headers,
): Promise<{ endpoint: string; close: () => void }> {
  const target = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    const fate = decide(incoming);
    if (fate === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fate === 'unavailable') {
      incoming.resume();
      outgoing.writeHead(503, { 'content-type': 'application/xml' });
      outgoing.end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
      return;
    }
    forward(incoming, outgoing, fate, target, headersOf);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fate: Fate,
  target: URL,
  headersOf: (headers: IncomingHttpHeaders) => OutgoingHttpHeaders,
): void {
  const { method, headers, url } = incoming;
  const onward = request({ host: target.hostname, port: target.port, path: url, method, headers }, (answer) => {
    if (fate === 'lose') {
      answer.resume();
      answer.on('end', () => incoming.socket.resetAndDestroy());
      return;
    }
    outgoing.writeHead(answer.statusCode!, headersOf(answer.headers));
    if (fate === 'pass') {
      answer.pipe(outgoing);
      return;
    }
    answer.once('data', (chunk: Buffer) => {
      outgoing.write(chunk.subarray(0, chunk.byteLength >> 1), () => incoming.socket.resetAndDestroy());
      answer.destroy();
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}

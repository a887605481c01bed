import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importDataset, openDataset, readManifest, readPairs, StorageUnreachableError, verifyDataset } from '@wenlan/shards';
import type { UserError } from '@wenlan/shards';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.ts';
import { folderBytes } from './support/folder-bytes.ts';
import { startChild } from './support/run-child.ts';
import { aws, missingS3, prefixBytes, startProxy, startS3 } from './support/s3-server.ts';
import type { Fate, S3Server } from './support/s3-server.ts';
import { sampleRows } from './support/sample-rows.ts';
import { writeSamples } from './support/write-samples.ts';

const KILLS = 4;

let s3: S3Server;
let folder: string;
let whole: Record<string, string>;
beforeAll(async () => {
  if (missingS3 !== null) return;
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'wenlan-s3-faults-'));
  await writeSamples(join(folder, 'whole'));
  whole = await folderBytes(join(folder, 'whole'));
});
afterAll(async () => {
  if (missingS3 !== null) return;
  await s3.close();
  await rm(folder, { recursive: true });
});

async function withEnvironment<Result>(variables: Record<string, string>, work: () => Promise<Result>): Promise<Result> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

const messageOf = (work: Promise<unknown>): Promise<{ code: string; exitStatus: number; message: string }> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => {
      const { code, exitStatus, message } = error as UserError;
      return { code, exitStatus, message };
    },
  );

const keyOf = (location: string, file: string): { Bucket: string; Key: string } => ({
  Bucket: s3.bucket,
  Key: `${location.slice(`s3://${s3.bucket}/`.length)}/${file}`,
});

describe.skipIf(missingS3 !== null)('a writer in S3', () => {
  it(`that is killed again and again ends with the bytes of one in a folder that never was (${KILLS} kills)`, async () => {
    const location = s3.place('killed');
    const random = seededRandom(5, 's3');
    const run = async (lines: number, thenMillis: number): Promise<string | null> => {
      const child = startChild('write-child.ts', [location]);
      let said = 0;
      child.stdout!.on('data', (text: Buffer) => {
        said += text.toString().split('\n').length - 1;
        if (said >= lines) setTimeout(() => child.kill('SIGKILL'), thenMillis);
      });
      const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (signal === null) expect(status).toBe(0);
      return signal;
    };
    for (let kill = 0; kill < KILLS; kill += 1) expect(await run(2 + random.below(5), random.between(0, 40))).toBe('SIGKILL');
    expect(await run(Infinity, 0)).toBeNull();
    expect(await prefixBytes(s3, location)).toEqual(whole);
    expect(await verifyDataset(location)).toMatchObject({ sound: true, complete: true, rows: 600 });
  });

  it('is the only one: a second one is refused, and the lock of another machine falls free after its lease', async () => {
    const location = s3.place('two');
    const options = { stage: 'test', recipe: {} };
    const outcomes = await Promise.allSettled([openDataset(location, options), openDataset(location, options)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ code: 'DATASET_LOCKED', exitStatus: 2 });
    expect((refused.reason as Error).message).toMatch(
      new RegExp(
        `^Another writer, process ${process.pid} on \\S+, holds ${location}; wait until it ends, or, if it is gone, \\d+ s until its lock ${location}/writer.lock may be taken over\\.$`,
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.close();

    const elsewhere = JSON.stringify({ processId: 1, host: 'elsewhere', started: null, owner: 'x', renewals: 0 });
    await s3.client.send(new aws.PutObjectCommand({ ...keyOf(location, 'writer.lock'), Body: elsewhere }));
    expect((await messageOf(openDataset(location, options))).message).toContain('process 1 on elsewhere, holds');
    // The server's clock decides, so one that is two minutes ahead has seen no renewal for as long.
    const proxy = await startProxy(
      s3.endpoint,
      () => 'pass',
      (headers) => ({ ...headers, date: new Date(Date.now() + 120_000).toUTCString() }),
    );
    try {
      await withEnvironment({ AWS_ENDPOINT_URL_S3: proxy.endpoint }, async () => (await openDataset(location, options)).close());
    } finally {
      proxy.close();
    }
    expect(Object.keys(await prefixBytes(s3, location))).toEqual(['manifest.json']);
  });

  it('that lost its lock while it stood still changes nothing any more', async () => {
    const location = s3.place('lost');
    const options = { stage: 'test', recipe: {}, maxShardRows: 10 };
    const rows = sampleRows(40, 100);
    const slow = await openDataset(location, options);
    await slow.append(rows.slice(0, 10), 'train');
    await s3.client.send(new aws.DeleteObjectCommand(keyOf(location, 'writer.lock')));
    const next = await openDataset(location, options);
    await next.append(rows.slice(10, 20), 'train');
    await next.append(rows.slice(20, 25), 'train');
    const before = await prefixBytes(s3, location);
    const wrong = await messageOf(slow.append(rows.slice(30, 40), 'train'));
    expect(wrong).toEqual({
      code: 'DATASET_CHANGED',
      exitStatus: 2,
      message: `${location}/data/train-00001.arrow was written by another writer meanwhile, which has taken over; let it end, then run the same command again.`,
    });
    expect((await messageOf(slow.append(rows.slice(30, 40), 'other'))).message).toContain(
      `${location}/manifest.json was written by another`,
    );
    await slow.close();
    expect(before).toMatchObject(await prefixBytes(s3, location).then(({ 'data/other-00000.arrow': _, ...rest }) => rest));
    await next.append(rows.slice(25, 40), 'train');
    await next.finish();
    expect(await verifyDataset(location)).toMatchObject({ rows: 40, complete: true });
  });

  it('and a reader go on after a 503, a reset, an answer that is cut short and one that is lost', async () => {
    const seen: Partial<Record<Fate, number>> = {};
    const requests = { all: 0, GET: 0, PUT: 0 };
    const fateOf = (method: string): Fate => {
      requests.all += 1;
      if (method === 'GET' || method === 'PUT') requests[method] += 1;
      if (requests.all % 50 === 20) return 'unavailable';
      if (requests.all % 50 === 40) return 'reset';
      if (method === 'GET' && requests.GET % 25 === 10) return 'cut';
      return method === 'PUT' && requests.PUT % 25 === 10 ? 'lose' : 'pass';
    };
    const proxy = await startProxy(s3.endpoint, ({ method }) => {
      const fate = fateOf(method!);
      seen[fate] = (seen[fate] ?? 0) + 1;
      return fate;
    });
    try {
      await withEnvironment({ AWS_ENDPOINT_URL_S3: proxy.endpoint }, async () => {
        const location = s3.place('faults');
        await writeSamples(location);
        let count = 0;
        for await (const rows of readPairs(location)) count += rows.length;
        expect(count).toBe(600);
        expect(await prefixBytes(s3, location)).toEqual(whole);
      });
    } finally {
      proxy.close();
    }
    expect(Object.keys(seen).sort()).toEqual(['cut', 'lose', 'pass', 'reset', 'unavailable']);
  });

  it('sends each part of a large shard again by itself', async () => {
    const fates: Fate[] = [];
    const proxy = await startProxy(s3.endpoint, ({ url }) => {
      if (!url!.includes('partNumber=2')) return 'pass';
      fates.push(fates.length === 0 ? 'reset' : 'pass');
      return fates.at(-1)!;
    });
    const location = s3.place('parts');
    try {
      await withEnvironment({ AWS_ENDPOINT_URL_S3: proxy.endpoint }, async () => {
        const writer = await openDataset(location, { stage: 'test', recipe: {} });
        await writer.append(sampleRows(5, 2 * 2 ** 20), 'train');
        await writer.finish();
      });
    } finally {
      proxy.close();
    }
    expect(fates).toEqual(['reset', 'pass']);
    expect(await verifyDataset(location)).toMatchObject({ sound: true, rows: 5 });
  });

  it('removes the parts of uploads that a killed writer never completed', async () => {
    const location = s3.place('uploads');
    const place = keyOf(location, 'data/train-00000.arrow');
    const { UploadId } = await s3.client.send(new aws.CreateMultipartUploadCommand(place));
    await s3.client.send(new aws.UploadPartCommand({ ...place, UploadId, PartNumber: 1, Body: Buffer.alloc(5 * 2 ** 20) }));
    await (await openDataset(location, { stage: 'test', recipe: {} })).close();
    const { Uploads = [] } = await s3.client.send(new aws.ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: place.Key }));
    expect(Uploads).toEqual([]);
  });
});

describe.skipIf(missingS3 !== null)('what can be mended is said in one sentence', () => {
  it('a missing bucket, a missing dataset, a URL without a bucket or with steps', async () => {
    const options = { stage: 'test', recipe: {} };
    const noBucket = {
      code: 'S3_BUCKET_MISSING',
      exitStatus: 2,
      message: `There is no bucket no-such-bucket at ${s3.endpoint} for s3://no-such-bucket/d/manifest.json; create it, or check its name and AWS_ENDPOINT_URL_S3.`,
    };
    expect(await messageOf(readManifest('s3://no-such-bucket/d'))).toEqual(noBucket);
    expect(await messageOf(openDataset('s3://no-such-bucket/d', options))).toMatchObject({ code: 'S3_BUCKET_MISSING' });
    expect(await messageOf(readManifest(`s3://${s3.bucket}/none/`))).toEqual({
      code: 'DATASET_MISSING',
      exitStatus: 2,
      message: `There is no dataset at s3://${s3.bucket}/none/: s3://${s3.bucket}/none/manifest.json is missing; check the path, or run the stage that writes it.`,
    });
    expect(await messageOf(readManifest('s3:///d'))).toEqual({
      code: 'LOCATION_UNSUPPORTED',
      exitStatus: 2,
      message:
        's3:///d names no bucket of S3; write s3://BUCKET/PREFIX, the bucket of 3 to 63 small letters, digits, dots and hyphens.',
    });
    expect((await messageOf(readManifest(`s3://${s3.bucket}/a/../b`))).message).toBe(
      `s3://${s3.bucket}/a/../b has a step . or .., which S3 doesn't know; write the prefix out.`,
    );
    expect(await messageOf(importDataset(`s3://${s3.bucket}/nothing`, { out: join(folder, 'none') }))).toMatchObject({
      code: 'INPUT_MISSING',
    });
  });

  it('no credentials, and wrong ones', async () => {
    const without = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: '',
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: folder,
    };
    expect(await withEnvironment(without, () => messageOf(readManifest(s3.place('x'))))).toMatchObject({
      code: 'S3_ACCESS_DENIED',
      exitStatus: 2,
      message: expect.stringMatching(
        /^There are no credentials for s3:\S+; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE\.$/,
      ) as string,
    });
    // From its next request on, moto asks for the keys of an account, and has none.
    await fetch(`${s3.endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
    try {
      const place = s3.place('x');
      expect(await messageOf(readManifest(place))).toEqual({
        code: 'S3_ACCESS_DENIED',
        exitStatus: 2,
        message: `${s3.endpoint} refuses access to ${place}/manifest.json (InvalidAccessKeyId); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, and that they may list, read, write and delete in the bucket ${s3.bucket}.`,
      });
    } finally {
      await fetch(`${s3.endpoint}/moto-api/reset-auth`, { method: 'POST', body: 'inf' });
    }
  });

  it('no network, and a server that never has time', async () => {
    const gone = await startProxy(s3.endpoint, () => 'pass');
    gone.close();
    const place = s3.place('x');
    const error = await withEnvironment({ AWS_ENDPOINT_URL_S3: gone.endpoint }, () =>
      readManifest(place).catch((thrown: unknown) => thrown),
    );
    expect(error).toBeInstanceOf(StorageUnreachableError);
    expect(error).toMatchObject({
      exitStatus: 1,
      message: `S3 can't be reached for ${place}/manifest.json at ${gone.endpoint}: ECONNREFUSED; check the network and AWS_ENDPOINT_URL_S3, then run the same command again, which goes on from the last committed shard.`,
    });
    const busy = await startProxy(s3.endpoint, () => 'unavailable');
    try {
      const { message } = await withEnvironment({ AWS_ENDPOINT_URL_S3: busy.endpoint }, () => messageOf(readManifest(place)));
      expect(message).toContain('it answers 503 (SlowDown); check the network');
    } finally {
      busy.close();
    }
  });
});

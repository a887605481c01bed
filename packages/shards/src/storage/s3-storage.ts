import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { rethrowWriteError } from '../disk-full-error.ts';
import { parseS3 } from '../location.ts';
import { UserError } from '../user-error.ts';
import { cacheFolder } from './cache-folder.ts';
import { connectS3 } from './s3-client.ts';
import type { S3Connection } from './s3-client.ts';
import { explainS3, isConflict, isMissing, isPassing } from './s3-errors.ts';
import { takeS3Lock } from './s3-lock.ts';
import type { Expected, Storage, StoredFile, WriteMode } from './storage.ts';

/** Larger objects are sent and fetched in parts of this size, at least 5 MiB by the rules of S3. */
const PART_BYTES = 8 * 2 ** 20;
const MAX_PARTS = 10_000;
const PARTS_AT_ONCE = 4;
/** Of a body that breaks off, which the SDK leaves to its caller, and of a conditional put that meets another. */
const ATTEMPTS = 6;
const FIRST_WAIT_MILLIS = 50;

/** Buckets of Amazon S3, and of servers that speak as it does. */
export class S3Storage implements Storage {
  async stat(path: string): Promise<{ bytes: number; state: string } | null> {
    return orNull(
      this.#do(path, async ({ sdk, client }, place) => {
        const { ContentLength, ETag } = await client.send(new sdk.HeadObjectCommand(place));
        return { bytes: ContentLength ?? 0, state: `${ContentLength} ${ETag}` };
      }),
    );
  }

  async read(path: string): Promise<{ bytes: Buffer; version: string; modifiedMillis: number } | null> {
    return orNull(
      this.#do(path, async ({ sdk, client }, place) => {
        const { bytes, answer } = await wholeBody(() => client.send(new sdk.GetObjectCommand(place)));
        return { bytes: Buffer.from(bytes), version: answer.ETag!, modifiedMillis: answer.LastModified?.getTime() ?? 0 };
      }),
    );
  }

  /** Parts are fetched ahead; each again by itself where its body breaks off. */
  async *stream(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const head = await this.#do(path, ({ sdk, client }, place) => client.send(new sdk.HeadObjectCommand(place)));
    const bytes = head.ContentLength ?? 0;
    const ahead: Promise<Uint8Array>[] = [];
    let next = 0;
    while (next < bytes || ahead.length > 0) {
      while (ahead.length < PARTS_AT_ONCE && next < bytes) {
        const part = this.#range(path, next, Math.min(PART_BYTES, bytes - next), head.ETag!);
        // Awaited in its turn.
        part.catch(() => {});
        ahead.push(part);
        next += PART_BYTES;
      }
      yield await ahead.shift()!;
    }
  }

  #range(path: string, offset: number, length: number, version: string): Promise<Uint8Array> {
    return this.#do(path, async ({ sdk, client }, place) => {
      const range = { Range: `bytes=${offset}-${offset + length - 1}`, IfMatch: version };
      return (await wholeBody(() => client.send(new sdk.GetObjectCommand({ ...place, ...range })))).bytes;
    });
  }

  /** The object is made whole in a file of the cache first: its parts can then be sent again, and nothing half-made is sent. */
  async write<Result>(path: string, write: (handle: FileHandle) => Promise<Result>, mode: WriteMode): Promise<Result> {
    const folder = join(cacheFolder(), 'upload');
    const scratch = join(folder, `${randomUUID()}.tmp`);
    try {
      await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrowWriteError(error, folder));
      const handle = await open(scratch, 'w+');
      let result: Result;
      let bytes: number;
      try {
        result = await write(handle);
        bytes = (await handle.stat()).size;
      } catch (error) {
        rethrowWriteError(error, scratch);
      } finally {
        await handle.close();
      }
      await this.#upload(path, scratch, bytes, mode);
      return result;
    } finally {
      await rm(scratch, { force: true }).catch(() => {});
    }
  }

  async #upload(path: string, file: string, bytes: number, mode: WriteMode): Promise<void> {
    const condition = mode === 'create' ? { IfNoneMatch: '*' } : {};
    try {
      await this.#do(path, async ({ sdk, client }, place) => {
        if (bytes <= PART_BYTES) {
          const body = { Body: await readFile(file), ContentLength: bytes };
          await unlessUnderWay(() => client.send(new sdk.PutObjectCommand({ ...place, ...condition, ...body })));
          return;
        }
        const { Upload } = await import('@aws-sdk/lib-storage');
        await unlessUnderWay(async () => {
          const params = { ...place, ...condition, Body: createReadStream(file, { highWaterMark: 2 ** 20 }) };
          const partSize = Math.max(PART_BYTES, Math.ceil(bytes / MAX_PARTS));
          await new Upload({ client, params, partSize, queueSize: PARTS_AT_ONCE }).done();
        });
      });
    } catch (error) {
      if (!isConflict(error)) throw error;
      // An answer that was lost makes the SDK send again what is there already; and equal rows have equal bytes.
      const [there, wanted] = await Promise.all([hashOf(this.stream(path)), hashOf(createReadStream(file))]);
      if (there !== wanted) throw changed(path, error);
    }
  }

  async put(path: string, bytes: Uint8Array, expected: Expected): Promise<string> {
    const condition = expected === undefined ? {} : expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected };
    try {
      const { ETag } = await this.#do(path, ({ sdk, client }, place) =>
        unlessUnderWay(() => client.send(new sdk.PutObjectCommand({ ...place, ...condition, Body: bytes }))),
      );
      return ETag!;
    } catch (error) {
      if (!isConflict(error) && !isMissing(error)) throw error;
      const there = await this.read(path);
      if (there?.bytes.equals(bytes) === true) return there.version;
      throw changed(path, error);
    }
  }

  async list(folder: string): Promise<StoredFile[]> {
    return (await this.#list(folder)).files;
  }

  async folders(folder: string): Promise<string[]> {
    return (await this.#list(folder)).folders;
  }

  async #list(folder: string): Promise<{ files: StoredFile[]; folders: string[] }> {
    return this.#do(folder, async ({ sdk, client }, { Bucket, Key: key }) => {
      const prefix = key === '' ? '' : `${key}/`;
      const files: StoredFile[] = [];
      const folders: string[] = [];
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: prefix, Delimiter: '/' });
      for await (const { Contents = [], CommonPrefixes = [] } of pages) {
        for (const { Key = '', Size = 0 } of Contents) files.push({ name: Key.slice(prefix.length), bytes: Size });
        for (const { Prefix = '' } of CommonPrefixes) folders.push(Prefix.slice(prefix.length, -1));
      }
      return { files: files.filter(({ name }) => name !== ''), folders };
    });
  }

  async remove(path: string, version?: string): Promise<void> {
    const condition = version === undefined ? {} : { IfMatch: version };
    await this.#do(path, ({ sdk, client }, place) => client.send(new sdk.DeleteObjectCommand({ ...place, ...condition })));
  }

  async removeFolder(folder: string): Promise<void> {
    await this.#do(folder, async ({ sdk, client }, { Bucket, Key: key }) => {
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: key === '' ? '' : `${key}/` });
      for await (const { Contents = [] } of pages) {
        const Objects = Contents.map(({ Key }) => ({ Key }));
        if (Objects.length === 0) continue;
        const { Errors = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
        if (Errors.length > 0) throw Object.assign(new Error(Errors[0]!.Message), { name: Errors[0]!.Code });
      }
    });
  }

  /** By the server; an object of up to 5 GB, which is more than a shard has. */
  async copy(from: string, to: string): Promise<void> {
    const source = parseS3(from);
    const CopySource = [source.bucket, ...source.key.split('/')].map(encodeURIComponent).join('/');
    await this.#do(to, ({ sdk, client }, place) => client.send(new sdk.CopyObjectCommand({ ...place, CopySource })));
  }

  /** S3 has no folders. */
  async makeFolder(): Promise<void> {}

  /** Parts of an upload that was never completed can't be seen, but are paid for. */
  async removeUnfinished(folder: string): Promise<void> {
    await this.#do(folder, async ({ sdk, client }, { Bucket, Key }) => {
      const prefix = Key === '' ? '' : `${Key}/`;
      const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix }));
      for (const upload of Uploads) {
        if (upload.Key!.slice(prefix.length).includes('/')) continue;
        const place = { Bucket, Key: upload.Key, UploadId: upload.UploadId };
        await client.send(new sdk.AbortMultipartUploadCommand(place)).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }
    });
  }

  lock(folder: string): Promise<() => Promise<void>> {
    return takeS3Lock(this, folder);
  }

  async serverNow(): Promise<number> {
    return (await connectS3()).serverNow();
  }

  async #do<Result>(
    path: string,
    work: (connection: S3Connection, place: { Bucket: string; Key: string }) => Promise<Result>,
  ): Promise<Result> {
    const { bucket, key } = parseS3(path);
    try {
      return await work(await connectS3(), { Bucket: bucket, Key: key });
    } catch (error) {
      throw explainS3(error, path);
    }
  }
}

const changed = (path: string, cause: unknown): UserError =>
  new UserError(
    'DATASET_CHANGED',
    `${path} was written by another writer meanwhile, which has taken over; let it end, then run the same command again.`,
    { cause },
  );

async function orNull<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function hashOf(chunks: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** Asks again where the body breaks off; where no answer comes at all, the SDK has done so already. */
async function wholeBody(
  ask: () => Promise<GetObjectCommandOutput>,
): Promise<{ bytes: Uint8Array; answer: GetObjectCommandOutput }> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    try {
      const bytes = await answer.Body!.transformToByteArray();
      if (bytes.byteLength === answer.ContentLength) return { bytes, answer };
      throw Object.assign(new Error('The body of an answer was cut short.'), { code: 'ECONNRESET' });
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
    }
    await wait(FIRST_WAIT_MILLIS * 2 ** attempt);
  }
}

/** S3 answers 409 to one of two conditional puts that meet; only the next answer says which of them counts. */
async function unlessUnderWay<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === ATTEMPTS || (error as Error).name !== 'ConditionalRequestConflict') throw error;
    }
    await wait(FIRST_WAIT_MILLIS * 2 ** attempt);
  }
}

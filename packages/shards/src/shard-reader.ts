import { fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { DataType } from 'apache-arrow';
import type { Field, Schema } from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import type { FileBlock } from 'apache-arrow/ipc/metadata/file';
import { Message } from 'apache-arrow/ipc/metadata/message';
import type { BufferRegion, FieldNode, RecordBatch as BatchHeader } from 'apache-arrow/ipc/metadata/message';
import { COLUMN_TYPES } from './arrow-schema.ts';
import { layColumns, layoutOf, utf8Reader } from './column.ts';
import type { Column } from './column.ts';
import type { Pair } from './pair.ts';
import { openShard } from './shard-checksum.ts';
import type { SoundShard } from './shard-checksum.ts';
import { ShardDamagedError } from './shard-damaged-error.ts';
import { stateOf } from './storage/file-state.ts';

/** The Arrow IPC file format begins and ends with these bytes (Arrow columnar format, "IPC File Format"). */
const MAGIC = 'ARROW1';
const TRAILER_BYTES = 4 + MAGIC.length;
/** Each message has a continuation marker and its length before the flatbuffer. */
const MESSAGE_PREFIX_BYTES = 8;
/** Neighbouring buffers are read in one go when no more than this lies between them. */
const MAX_GAP_BYTES = 32 * 1024;
/** Read at once from the end of a file, since most footers fit into it. */
const TAIL_BYTES = 16 * 1024;

/** Where the bytes of one picture lie in the file; null where the row has no picture. */
export type ImageRange = { offset: number; bytes: number } | null;

/** Some columns of a record batch, by name. */
export interface BatchColumns {
  rows: number;
  columns: ReadonlyMap<string, Column>;
}

/**
 * Random access to one shard. Of a record batch only the buffers of the columns asked for are read from the file.
 * Metadata is parsed by apache-arrow, which doesn't always end on bytes that no writer wrote: so it is given the bytes of a
 * {@link SoundShard} only, and none once the file has changed.
 * Every method throws {@link ShardDamagedError} where the bytes aren't those of a shard of pairs.
 */
export class ShardReader {
  readonly file: string;
  readonly #state: string;
  readonly #handle: FileHandle;
  readonly #schema: Schema;
  readonly #blocks: FileBlock[];
  readonly #dictionaryBlocks: FileBlock[];
  #dictionaries: Promise<ReadonlyMap<number, readonly string[]>> | undefined;

  private constructor(file: string, state: string, handle: FileHandle, footer: Footer) {
    this.file = file;
    this.#state = state;
    this.#handle = handle;
    this.#schema = footer.schema;
    this.#blocks = [...footer.recordBatches()];
    this.#dictionaryBlocks = [...footer.dictionaryBatches()];
  }

  /** @throws ShardDamagedError; the file system's own error where the file can't be opened */
  static async open(shard: SoundShard): Promise<ShardReader> {
    const { handle, state } = await openShard(shard);
    try {
      refuseChanged(handle, shard.path, state);
      const footer = await readFooter(shard.path, handle);
      return new ShardReader(shard.path, state, handle, footer);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get batchCount(): number {
    return this.#blocks.length;
  }

  /** Where a record batch begins in the file: what an error about its content names. */
  batchOffset(index: number): number {
    return this.#blocks[index]!.offset;
  }

  /**
   * Reads columns of a record batch; a column that the shard lacks is left out.
   * @param columns all by default
   */
  async readBatch(index: number, columns?: readonly (keyof Pair)[]): Promise<BatchColumns> {
    const block = this.#blocks[index]!;
    this.#dictionaries ??= this.#readDictionaries();
    const dictionaries = await this.#dictionaries;
    // Pictures are nearly all of a shard: with them, one read of the whole batch is cheaper than several of its parts.
    const whole = columns === undefined || columns.includes('image');
    const wanted = new Set<string>(columns ?? this.#schema.fields.map(({ name }) => name));
    return this.#guard(block.offset, async () => {
      const bytes = await readFully(this.#handle, block.offset, block.metaDataLength + (whole ? block.bodyLength : 0));
      refuseChanged(this.#handle, this.file, this.#state);
      const header = batchHeader(bytes.subarray(0, block.metaDataLength));
      const { fields, nodes, buffers } = projectHeader(header, this.#schema.fields, wanted);
      checkRegions(buffers, block);
      const body = whole
        ? { bytes: bytes.subarray(block.metaDataLength), regions: buffers }
        : await readRegions(this.#handle, bodyRegions(block, buffers));
      const types = fields.map(({ type }) => type);
      const laid = layColumns(types, { nodes, buffers: body.regions }, body.bytes, dictionaries);
      return { rows: header.length, columns: new Map(fields.map(({ name }, field) => [name, laid[field]!])) };
    });
  }

  /** Where the pictures of a record batch lie, so that one can be read without its neighbours. */
  async imageRanges(index: number): Promise<ImageRange[]> {
    const block = this.#blocks[index]!;
    return this.#guard(block.offset, async () => {
      const bytes = await readFully(this.#handle, block.offset, block.metaDataLength);
      refuseChanged(this.#handle, this.file, this.#state);
      const header = batchHeader(bytes);
      const { nodes, buffers: regions } = projectHeader(header, this.#schema.fields, new Set(['image']));
      checkRegions(regions, block);
      const [validity, offsets, data] = regions as [BufferRegion, BufferRegion, BufferRegion];
      const read = await readRegions(this.#handle, bodyRegions(block, [validity, offsets]));
      const [validityAt, offsetsAt] = read.regions.map(({ offset }) => offset) as [number, number];
      const starts = new Int32Array(read.bytes.buffer, read.bytes.byteOffset + offsetsAt, header.length + 1);
      const dataOffset = block.offset + block.metaDataLength + data.offset;
      return Array.from({ length: header.length }, (_, row): ImageRange => {
        const isNull = nodes[0]!.nullCount > 0 && ((read.bytes[validityAt + (row >> 3)]! >> (row & 7)) & 1) === 0;
        const length = starts[row + 1]! - starts[row]!;
        if (starts[row]! < 0 || length < 0 || starts[row + 1]! > data.length)
          throw new RangeError('a picture lies outside its record batch');
        return isNull ? null : { offset: dataOffset + starts[row]!, bytes: length };
      });
    });
  }

  /** Reads the bytes of one picture. */
  async readRange({ offset, bytes }: NonNullable<ImageRange>): Promise<Uint8Array> {
    return this.#guard(offset, () => readFully(this.#handle, offset, bytes));
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #readDictionaries(): Promise<ReadonlyMap<number, readonly string[]>> {
    const dictionaries = new Map<number, readonly string[]>();
    const blocks = this.#dictionaryBlocks;
    const ranges = blocks.map(({ offset, metaDataLength, bodyLength }) => ({ offset, length: metaDataLength + bodyLength }));
    const { bytes, regions } = await readRegions(this.#handle, ranges);
    refuseChanged(this.#handle, this.file, this.#state);
    for (const [index, block] of blocks.entries()) {
      await this.#guard(block.offset, async () => {
        const { offset, length } = regions[index]!;
        const message = bytes.subarray(offset, offset + length);
        const header = decodeMessage(message.subarray(0, block.metaDataLength));
        if (!header.isDictionaryBatch()) throw new RangeError('a dictionary was expected here');
        const { id, data } = header.header();
        const type = this.#schema.dictionaries.get(id);
        if (type === undefined || !DataType.isUtf8(type)) throw new RangeError(`no column uses dictionary ${id}`);
        checkRegions(data.buffers, block);
        const [column] = layColumns([type], data, message.subarray(block.metaDataLength), dictionaries);
        dictionaries.set(
          id,
          Array.from({ length: column!.length }, (_, code) => utf8Reader(column!)(code)),
        );
      });
    }
    return dictionaries;
  }

  async #guard<Result>(offset: number, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw damagedBy(error, this.file, offset);
    }
  }
}

/**
 * What an error met while reading bytes means: the file system's own troubles pass as they are, all else comes from bytes
 * that aren't those of a shard.
 */
export function damagedBy(error: unknown, file: string, offset: number): unknown {
  if (error instanceof ShardDamagedError) return error;
  if (typeof (error as NodeJS.ErrnoException).syscall === 'string') return error;
  return new ShardDamagedError(file, offset, error instanceof Error ? error.message : String(error), { cause: error });
}

/** In this thread, since the state of an open file is in memory and another thread would take longer to be woken. */
function refuseChanged({ fd }: FileHandle, file: string, state: string): void {
  if (stateOf(fstatSync(fd)) !== state) throw new ShardDamagedError(file, 0, 'it has changed while it was read');
}

async function readFooter(file: string, handle: FileHandle): Promise<Footer> {
  const { size } = fstatSync(handle.fd);
  const damaged = (offset: number, what: string): ShardDamagedError => new ShardDamagedError(file, offset, what);
  if (size < TRAILER_BYTES + MAGIC.length) throw damaged(size, `the file ends after ${size} bytes`);
  const tailOffset = Math.max(0, size - TAIL_BYTES);
  const tail = await readFully(handle, tailOffset, size - tailOffset);
  const trailer = tail.subarray(-TRAILER_BYTES);
  if (trailer.toString('latin1', 4) !== MAGIC)
    throw damaged(size - MAGIC.length, `it doesn't end as an Arrow file does, so it may be cut short`);
  const length = trailer.readInt32LE(0);
  const offset = size - TRAILER_BYTES - length;
  if (length <= 0 || offset < MAGIC.length) throw damaged(size - TRAILER_BYTES, `its footer can't be ${length} bytes long`);
  try {
    const isInTail = offset >= tailOffset;
    const footer = Footer.decode(
      isInTail ? tail.subarray(offset - tailOffset, -TRAILER_BYTES) : await readFully(handle, offset, length),
    );
    checkSchema(footer.schema);
    for (const block of [...footer.recordBatches(), ...footer.dictionaryBatches()]) {
      if (
        block.offset < 0 ||
        block.metaDataLength <= MESSAGE_PREFIX_BYTES ||
        block.bodyLength < 0 ||
        block.offset + block.metaDataLength + block.bodyLength > offset
      ) {
        throw new RangeError('its footer points outside the file');
      }
    }
    return footer;
  } catch (error) {
    throw damagedBy(error, file, offset);
  }
}

function checkSchema(schema: Schema): void {
  for (const { name, type } of schema.fields) {
    const expected = COLUMN_TYPES.get(name);
    if (expected !== undefined && !expected.includes(String(type))) {
      throw new RangeError(`its column ${name} is ${String(type)} where ${expected[0]} was expected`);
    }
  }
}

const decodeMessage = (bytes: Uint8Array): Message => Message.decode(bytes.subarray(MESSAGE_PREFIX_BYTES));

function batchHeader(bytes: Uint8Array): BatchHeader {
  const message = decodeMessage(bytes);
  if (!message.isRecordBatch()) throw new RangeError('a record batch was expected here');
  return message.header();
}

function checkRegions(regions: readonly BufferRegion[], block: FileBlock): void {
  for (const { offset, length } of regions) {
    if (offset < 0 || length < 0 || offset + length > block.bodyLength)
      throw new RangeError('a buffer lies outside its record batch');
  }
}

/** The part of a record batch's header that concerns some columns; nodes and buffers lie in the order of the fields. */
function projectHeader(
  header: BatchHeader,
  fields: readonly Field[],
  wanted: ReadonlySet<string>,
): { fields: Field[]; nodes: FieldNode[]; buffers: BufferRegion[] } {
  const slice = { fields: [] as Field[], nodes: [] as FieldNode[], buffers: [] as BufferRegion[] };
  let node = 0;
  let buffer = 0;
  for (const field of fields) {
    const { nodes, buffers } = layoutOf(field.type);
    if (wanted.has(field.name)) {
      slice.fields.push(field);
      slice.nodes.push(...header.nodes.slice(node, node + nodes));
      slice.buffers.push(...header.buffers.slice(buffer, buffer + buffers));
    }
    node += nodes;
    buffer += buffers;
  }
  if (node !== header.nodes.length || buffer !== header.buffers.length)
    throw new RangeError(`its columns aren't those of the schema`);
  return slice;
}

const bodyRegions = ({ offset, metaDataLength }: FileBlock, regions: readonly BufferRegion[]): Region[] =>
  regions.map((region) => ({ offset: offset + metaDataLength + region.offset, length: region.length }));

interface Region {
  offset: number;
  length: number;
}

/**
 * Packs regions of a file, which lie scattered over it in their order, into memory that holds nothing else.
 * @returns the memory, and where in it each region lies
 */
async function readRegions(handle: FileHandle, wanted: readonly Region[]): Promise<{ bytes: Buffer; regions: Region[] }> {
  const runs: { offset: number; end: number; at: number }[] = [];
  let size = 0;
  const regions = wanted.map(({ offset, length }) => {
    let run = runs.at(-1);
    if (run === undefined || offset < run.end || offset - run.end > MAX_GAP_BYTES) {
      run = { offset, end: offset, at: size };
      runs.push(run);
    }
    const at = run.at + offset - run.offset;
    run.end = Math.max(run.end, offset + length);
    size = align(run.at + run.end - run.offset);
    return { offset: at, length };
  });
  const bytes = Buffer.allocUnsafeSlow(size);
  for (const { offset, end, at } of runs) await readInto(handle, offset, bytes.subarray(at, at + end - offset));
  return { bytes, regions };
}

const align = (offset: number): number => (offset + 7) & ~7;

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  await readInto(handle, offset, bytes);
  return bytes;
}

async function readInto(handle: FileHandle, offset: number, target: Uint8Array): Promise<void> {
  let done = 0;
  while (done < target.byteLength) {
    const { bytesRead } = await handle.read(target, done, target.byteLength - done, offset + done);
    if (bytesRead === 0) throw new RangeError(`the file ends at byte ${offset + done}`);
    done += bytesRead;
  }
}

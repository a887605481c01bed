import { type FileHandle, open } from 'node:fs/promises';
import { type FixedSizeList, type Float32, Message, type MessageHeader, RecordBatchReader } from 'apache-arrow';
import { UserError } from '@wenlan/shards';

/** Where a row lies in a file of vectors. */
export interface RowAddress {
  batch: number;
  row: number;
}

/** What a row of a file of vectors stands for. */
export interface VectorRow {
  id: string;
  text: string;
  imageUrl: string | null;
}

/** The header of a message that is a record batch. */
type RecordBatchHeader = ReturnType<Message<MessageHeader.RecordBatch>['header']>;

/** A record batch in the file: how many rows, and where its buffers begin. */
interface Batch {
  rows: number;
  /** In the order of the format: three each of the columns of texts (validity, offsets, bytes), then those of the vectors. */
  buffers: { at: number; bytes: number }[];
}

/** "Encapsulated message format" of Arrow: a mark and the length of the metadata, each of four bytes. */
const PREFIX_BYTES = 8;
const CONTINUATION = 0xffffffff;
/** Behind the magic with which a file begins. */
const FIRST_MESSAGE = 8;
const [ID, TEXT, IMAGE_URL, VALUES] = [0, 3, 6, 11] as const; // the first buffer of each column of texts, and the numbers themselves
const FLOAT_BYTES = 4;

/** A file of vectors that `vectorFileBytes` laid out, of which only those rows are read that are asked for. */
export class VectorFileReader {
  readonly dim: number;
  private readonly handle: FileHandle;
  private readonly parts: readonly Batch[];

  private constructor(handle: FileHandle, parts: readonly Batch[], dim: number) {
    this.handle = handle;
    this.parts = parts;
    this.dim = dim;
  }

  /** @throws UserError VECTOR_FILE naming the file */
  static async open(file: string): Promise<VectorFileReader> {
    let handle: FileHandle | undefined;
    try {
      const dim = await readDim(file);
      handle = await open(file, 'r');
      return new VectorFileReader(handle, await readBatches(handle), dim);
    } catch (cause) {
      await handle?.close();
      const mend = 'delete it and encode again.';
      throw new UserError('VECTOR_FILE', `${file} is no file of vectors that \`wenlan encode\` wrote; ${mend}`, { cause });
    }
  }

  get batches(): number {
    return this.parts.length;
  }

  /** @returns [rows of the batch, dim] */
  async vectors(batch: number): Promise<Float32Array> {
    const { rows, buffers } = this.parts[batch]!;
    return floats(await read(this.handle, buffers[VALUES]!.at, rows * this.dim * FLOAT_BYTES));
  }

  /** @returns [dim] */
  async vector({ batch, row }: RowAddress): Promise<Float32Array> {
    const bytes = this.dim * FLOAT_BYTES;
    return floats(await read(this.handle, this.parts[batch]!.buffers[VALUES]!.at + row * bytes, bytes));
  }

  /** What the row stands for. */
  async row(address: RowAddress): Promise<VectorRow> {
    const [id, text, imageUrl] = await Promise.all([ID, TEXT, IMAGE_URL].map((column) => this.text(address, column)));
    return { id: id!, text: text!, imageUrl: imageUrl! };
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** A cell of a column of texts; null where its bit of validity is not set. */
  private async text({ batch, row }: RowAddress, column: number): Promise<string | null> {
    const [validity, offsets, bytes] = this.parts[batch]!.buffers.slice(column, column + 3);
    if (validity!.bytes > 0) {
      const bits = await read(this.handle, validity!.at + Math.floor(row / 8), 1);
      if (((bits[0]! >> (row % 8)) & 1) === 0) return null;
    }
    const ends = await read(this.handle, offsets!.at + row * 4, 8);
    const [from, to] = [ends.readInt32LE(0), ends.readInt32LE(4)];
    return (await read(this.handle, bytes!.at + from, to - from)).toString('utf8');
  }
}

/** The schema stands in the footer, which apache-arrow reads. */
async function readDim(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const reader = await RecordBatchReader.from(handle);
    await reader.open();
    const { type } = reader.schema.fields.find(({ name }) => name === 'vector')!;
    return (type as FixedSizeList<Float32>).listSize;
  } finally {
    await handle.close();
  }
}

/** Walks over the messages of a file, of which the metadata alone is read. */
async function readBatches(handle: FileHandle): Promise<Batch[]> {
  const { size } = await handle.stat();
  const batches: Batch[] = [];
  for (let at = FIRST_MESSAGE; at + PREFIX_BYTES <= size;) {
    const prefix = await read(handle, at, PREFIX_BYTES);
    const metadataBytes = prefix.readInt32LE(4);
    if (prefix.readUInt32LE(0) !== CONTINUATION || metadataBytes === 0) break; // the end of the stream; the footer follows
    const message = Message.decode(await read(handle, at + PREFIX_BYTES, metadataBytes));
    const body = at + PREFIX_BYTES + metadataBytes;
    if (message.isRecordBatch()) batches.push(batchOf(message.header(), body));
    at = body + message.bodyLength;
  }
  return batches;
}

const batchOf = ({ length, buffers }: RecordBatchHeader, body: number): Batch => ({
  rows: length,
  buffers: buffers.map((region) => ({ at: body + region.offset, bytes: region.length })),
});

const floats = ({ buffer, byteOffset, byteLength }: Buffer): Float32Array =>
  new Float32Array(buffer, byteOffset, byteLength / FLOAT_BYTES);

/** Exactly so many bytes, in memory of their own. */
async function read(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw new Error(`It ends at byte ${at + done}.`);
    done += bytesRead;
  }
  return bytes;
}

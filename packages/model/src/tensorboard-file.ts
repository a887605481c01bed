import { type FileHandle, open } from 'node:fs/promises';

/**
 * Scalars by step in the form that TensorBoard reads: TFRecords of `Event` messages (tensorflow/core/util/event.proto,
 * tensorflow/core/lib/io/record_writer.h).
 */
export class TensorBoardFile {
  private readonly handle: FileHandle;
  private readonly now: () => number;

  private constructor(handle: FileHandle, now: () => number) {
    this.handle = handle;
    this.now = now;
  }

  /**
   * Begins a file anew.
   * @param file TensorBoard looks at files whose name contains `tfevents`
   * @param now milliseconds since 1970
   */
  static async create(file: string, now: () => number): Promise<TensorBoardFile> {
    const events = new TensorBoardFile(await open(file, 'w'), now);
    await events.handle.appendFile(record(eventOf(now(), 0, text(3, 'brain.Event:2'))));
    return events;
  }

  /** Adds figures of a step, each under its tag. */
  async write(step: number, scalars: Readonly<Record<string, number>>): Promise<void> {
    const values = Object.entries(scalars).map(([tag, value]) => bytes(1, Buffer.concat([text(1, tag), float(2, value)])));
    await this.handle.appendFile(record(eventOf(this.now(), step, bytes(5, Buffer.concat(values)))));
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

function eventOf(millis: number, step: number, content: Buffer): Buffer {
  const wallTime = Buffer.alloc(9);
  wallTime[0] = (1 << 3) | FIXED_64;
  wallTime.writeDoubleLE(millis / 1000, 1);
  // As all protocol buffers leave out a zero.
  const stepField = step === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([(2 << 3) | VARINT]), varint(step)]);
  return Buffer.concat([wallTime, stepField, content]);
}

/** A TFRecord: length and its checksum, data and its checksum. */
function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

// Wire types of protocol buffers.
const [VARINT, FIXED_64, LENGTH_DELIMITED, FIXED_32] = [0, 1, 2, 5] as const;

const bytes = (field: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(field << 3) | LENGTH_DELIMITED]), varint(content.length), content]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

function float(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(5);
  encoded[0] = (field << 3) | FIXED_32;
  encoded.writeFloatLE(value, 1);
  return encoded;
}

function varint(value: number): Buffer {
  const encoded: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) encoded.push((rest % 128) | 128);
  return Buffer.from([...encoded, rest]);
}

/** Castagnoli's polynomial, reversed (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? POLYNOMIAL : 0);
  return value;
});

/** Rotated and shifted, since a checksum of data that holds checksums is weak (record_writer.h). */
function maskedChecksum(data: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  crc = (crc ^ 0xffffffff) >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

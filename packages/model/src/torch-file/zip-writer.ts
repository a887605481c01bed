import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

interface Written {
  name: Buffer;
  crc: number;
  bytes: number;
  headerAt: number;
}

const LOCAL_HEADER_BYTES = 30;
const EXTRA_HEAD_BYTES = 4;
/** "FB", the padding of PyTorch's own writer. */
const PADDING_EXTRA = 0x4246;
const MAX_32 = 0xffffffff;
const ZIP_VERSION = 20;
const ZIP64_VERSION = 45;
/** 1980-01-01, the first day of zip: bytes don't depend on the clock. */
const DATE = 0x21;

/** Writes a zip archive of stored files, each beginning at a multiple of `alignment`; beyond 4 GiB in ZIP64. */
export class ZipWriter {
  private readonly handle: FileHandle;
  private readonly alignment: number;
  private readonly entries: Written[] = [];
  private position = 0;

  constructor(handle: FileHandle, alignment: number) {
    this.handle = handle;
    this.alignment = alignment;
  }

  /** @throws Error if the file is of 4 GiB or more */
  async add(name: string, content: Buffer): Promise<void> {
    if (content.length >= MAX_32) throw new Error(`zip: ${name} is of ${content.length} bytes, fewer than ${MAX_32} are written`);
    const entry = { name: Buffer.from(name), crc: crc32(content), bytes: content.length, headerAt: this.position };
    this.entries.push(entry);
    const unpadded = this.position + LOCAL_HEADER_BYTES + entry.name.length + EXTRA_HEAD_BYTES;
    const padding = (this.alignment - (unpadded % this.alignment)) % this.alignment;

    const header = Buffer.alloc(LOCAL_HEADER_BYTES);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(ZIP_VERSION, 4);
    header.writeUInt16LE(DATE, 12);
    header.writeUInt32LE(entry.crc, 14);
    header.writeUInt32LE(entry.bytes, 18);
    header.writeUInt32LE(entry.bytes, 22);
    header.writeUInt16LE(entry.name.length, 26);
    header.writeUInt16LE(EXTRA_HEAD_BYTES + padding, 28);
    const extra = Buffer.alloc(EXTRA_HEAD_BYTES + padding);
    extra.writeUInt16LE(PADDING_EXTRA, 0);
    extra.writeUInt16LE(padding, 2);
    await this.write(Buffer.concat([header, entry.name, extra]));
    await this.write(content);
  }

  /** Writes the directory. */
  async finish(): Promise<void> {
    const at = this.position;
    for (const entry of this.entries) await this.write(centralHeader(entry));
    const bytes = this.position - at;
    const count = this.entries.length;
    if (at >= MAX_32 || count >= 0xffff) await this.write(zip64End({ at, bytes, count, endAt: this.position }));
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(Math.min(count, 0xffff), 8);
    end.writeUInt16LE(Math.min(count, 0xffff), 10);
    end.writeUInt32LE(Math.min(bytes, MAX_32), 12);
    end.writeUInt32LE(Math.min(at, MAX_32), 16);
    await this.write(end);
  }

  private async write(bytes: Buffer): Promise<void> {
    await this.handle.writeFile(bytes);
    this.position += bytes.length;
  }
}

function centralHeader({ name, crc, bytes, headerAt }: Written): Buffer {
  const far = headerAt >= MAX_32;
  const extra = Buffer.alloc(far ? EXTRA_HEAD_BYTES + 8 : 0);
  if (far) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(headerAt), EXTRA_HEAD_BYTES);
  }
  const header = Buffer.alloc(46);
  const version = far ? ZIP64_VERSION : ZIP_VERSION;
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(version, 6);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(bytes, 20);
  header.writeUInt32LE(bytes, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(Math.min(headerAt, MAX_32), 42);
  return Buffer.concat([header, name, extra]);
}

/** The ZIP64 end record and its locator. */
function zip64End({ at, bytes, count, endAt }: { at: number; bytes: number; count: number; endAt: number }): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(ZIP64_VERSION, 12);
  end.writeUInt16LE(ZIP64_VERSION, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(at), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(endAt), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

/** Bytes of a protocol-buffer message in the making (protobuf.dev/programming-guides/encoding). */
export class ProtobufWriter {
  #chunks: Uint8Array[] = [];

  varint(field: number, value: number | bigint): this {
    this.#chunks.push(encodeVarint(BigInt(field) << 3n), encodeVarint(BigInt.asUintN(64, BigInt(value))));
    return this;
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#chunks.push(encodeVarint((BigInt(field) << 3n) | 5n), bytes);
    return this;
  }

  /** A string, bytes or an embedded message. */
  bytes(field: number, value: Uint8Array | string | ProtobufWriter): this {
    const bytes = value instanceof ProtobufWriter ? value.finish() : typeof value === 'string' ? Buffer.from(value) : value;
    this.#chunks.push(encodeVarint((BigInt(field) << 3n) | 2n), encodeVarint(BigInt(bytes.length)), bytes);
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

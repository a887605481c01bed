import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from './protobuf.ts';

describe(ProtobufWriter, () => {
  // the examples of protobuf.dev/programming-guides/encoding
  it.each<[string, (writer: ProtobufWriter) => ProtobufWriter, number[]]>([
    ['a number', (writer) => writer.varint(1, 150), [0x08, 0x96, 0x01]],
    ['a negative number', (writer) => writer.varint(1, -2), [0x08, 0xfe, ...Array<number>(8).fill(0xff), 0x01]],
    ['a string', (writer) => writer.bytes(2, 'testing'), [0x12, 0x07, ...Buffer.from('testing')]],
    ['a message', (writer) => writer.bytes(3, new ProtobufWriter().varint(1, 150)), [0x1a, 0x03, 0x08, 0x96, 0x01]],
    ['a float', (writer) => writer.float(4, 1.5), [0x25, 0x00, 0x00, 0xc0, 0x3f]],
    ['a number beyond 32 bits', (writer) => writer.varint(20, 2 ** 40), [0xa0, 0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]],
  ])('writes %s', (_, write, bytes) => {
    expect([...write(new ProtobufWriter()).finish()]).toEqual(bytes);
  });

  it('grows', () => {
    const long = Buffer.alloc(1000, 7);
    expect([...new ProtobufWriter().varint(1, 1).bytes(2, long).finish()]).toEqual([0x08, 0x01, 0x12, 0xe8, 0x07, ...long]);
  });
});

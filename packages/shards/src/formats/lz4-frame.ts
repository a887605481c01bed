const MAGIC = 0x184d2204;
/** By bits 4–6 of the BD byte. */
const MAX_BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 2 ** 16, 5: 2 ** 18, 6: 2 ** 20, 7: 2 ** 22 };
const STORED = 0x8000_0000;
/** What every match has beyond the length that is written. */
const MIN_MATCH = 4;

/**
 * Decompresses one LZ4 frame (LZ4 Frame Format 1.6.2, LZ4 Block Format), whose blocks may go back to those before them, as
 * pyarrow writes them. Checksums aren't looked at.
 * @throws RangeError where the bytes are no such frame
 */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const bytes = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (bytes.getUint32(0, true) !== MAGIC) throw new RangeError('it is no LZ4 frame');
  const flags = bytes.getUint8(4);
  const [hasBlockChecksum, hasContentSize, hasDictionary] = [0x10, 0x08, 0x01].map((bit) => (flags & bit) !== 0);
  const maxBlockBytes = MAX_BLOCK_BYTES[(bytes.getUint8(5) >> 4) & 7];
  if (maxBlockBytes === undefined || hasDictionary!) throw new RangeError('its LZ4 frame is of a kind that is not known');

  const blocks: { start: number; end: number; isStored: boolean }[] = [];
  for (let at = hasContentSize! ? 15 : 7; ;) {
    const size = bytes.getUint32(at, true);
    if (size === 0) break;
    const start = at + 4;
    const end = start + (size & ~STORED);
    blocks.push({ start, end, isStored: size >= STORED });
    at = end + (hasBlockChecksum! ? 4 : 0);
  }
  const output = new Uint8Array(blocks.length * maxBlockBytes);
  let length = 0;
  for (const { start, end, isStored } of blocks) {
    const block = frame.subarray(start, end);
    if (isStored) output.set(block, length);
    length = isStored ? length + block.byteLength : decodeBlock(block, output, length);
  }
  return output.subarray(0, length);
}

/** @returns where the output ends */
function decodeBlock(block: Uint8Array, output: Uint8Array, outputStart: number): number {
  let at = 0;
  let to = outputStart;
  const lengthOf = (short: number): number => {
    let length = short;
    for (let more = short === 15 ? 255 : 0; more === 255; length += more) more = byteAt(block, at++);
    return length;
  };
  while (at < block.byteLength) {
    const token = block[at++]!;
    const literals = lengthOf(token >> 4);
    if (at + literals > block.byteLength) throw new RangeError('its LZ4 block is cut short');
    output.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === block.byteLength) break; // The last sequence has no match.
    const offset = byteAt(block, at++) | (byteAt(block, at++) << 8);
    const length = lengthOf(token & 15) + MIN_MATCH;
    if (offset === 0 || offset > to || to + length > output.byteLength) throw new RangeError('its LZ4 block points outside');
    // A match may reach into itself, which repeats its beginning.
    for (const end = to + length; to < end; to += 1) output[to] = output[to - offset]!;
  }
  return to;
}

function byteAt(block: Uint8Array, at: number): number {
  const byte = block[at];
  if (byte === undefined) throw new RangeError('its LZ4 block is cut short');
  return byte;
}

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const PNG_SIGNATURE_BYTES = 8;
const SCALED_PIXELS = 240;

/** The same pixels in other bytes, as when somebody saves a picture once more. */
export function resaved(bytes: Buffer, isPng: boolean): Buffer {
  if (!isPng)
    return Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<!-- 由图片编辑器导出 -->\n${bytes.toString().replace(/^<\?xml[^>]*>\s*/, '')}`,
    );
  const chunks = readChunks(bytes);
  const pixels = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  const first = chunks.findIndex(({ type }) => type === 'IDAT');
  const rewritten = chunks.flatMap((chunk, index) => {
    if (chunk.type !== 'IDAT') return [chunk];
    return index === first ? [{ type: 'IDAT', data: deflateSync(pixels, { level: 1 }) }] : [];
  });
  return Buffer.concat([bytes.subarray(0, PNG_SIGNATURE_BYTES), ...rewritten.map(writeChunk)]);
}

/** A vector drawing in another size with a narrow margin: nearly the same picture. */
export function scaled(svg: Buffer): Buffer {
  const source = svg.toString();
  const [, box] = /<svg[^>]*\bviewBox="([\d\s.-]+)"/.exec(source) ?? [];
  if (box === undefined) return resaved(svg, false);
  const [left, top, width, height] = box.trim().split(/\s+/).map(Number) as [number, number, number, number];
  const margin = Math.max(width, height) / 40;
  const wider = [left - margin, top - margin, width + 2 * margin, height + 2 * margin]
    .map((value) => Number(value.toFixed(3)))
    .join(' ');
  const size = `width="${SCALED_PIXELS}" height="${Math.round((SCALED_PIXELS * height) / width)}"`;
  return Buffer.from(
    source.replace(/<svg[^>]*>/, (tag) =>
      tag.replace(/ (?:width|height)="[^"]*"/g, '').replace(/\bviewBox="[^"]*"/, `${size} viewBox="${wider}"`),
    ),
  );
}

interface Chunk {
  type: string;
  data: Buffer;
}

/** The chunks of a PNG (W3C Portable Network Graphics, section 5.3). */
function readChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = PNG_SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

function writeChunk({ type, data }: Chunk): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

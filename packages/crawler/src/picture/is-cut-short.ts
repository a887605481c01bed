/**
 * Whether a picture ends before its own structure says it does. A server that announces too short a Content-Length cuts
 * pictures in a way that HTTP can't see; nothing is decoded to find out.
 */
export function isCutShort(bytes: Buffer, mime: string): boolean {
  switch (mime) {
    case 'image/png':
      return !pngEnds(bytes);
    case 'image/jpeg':
      return !jpegEnds(bytes);
    case 'image/webp':
      return bytes.length < 12 || bytes.readUInt32LE(4) + 8 > bytes.length;
    case 'image/avif':
      return !boxesFit(bytes);
    default:
      return false;
  }
}

/** Follows the chunks to IEND (PNG section 5.3). */
function pngEnds(bytes: Buffer): boolean {
  let offset = 8;
  while (offset + 12 <= bytes.length) {
    if (bytes.toString('latin1', offset + 4, offset + 8) === 'IEND') return true;
    offset += 12 + bytes.readUInt32BE(offset);
  }
  return false;
}

/** Follows the segments to the first scan, after which an end-of-image marker has to come (ITU-T T.81 annex B). */
function jpegEnds(bytes: Buffer): boolean {
  let offset = 2;
  while (offset + 4 <= bytes.length && bytes[offset] === 0xff) {
    const marker = bytes[offset + 1]!;
    const isFill = marker === 0xff;
    if (marker === 0xda) return bytes.lastIndexOf('\xFF\xD9', bytes.length - 2, 'latin1') > offset;
    offset += isFill ? 1 : 2 + bytes.readUInt16BE(offset + 2);
  }
  return false;
}

/** Follows the top-level boxes (ISO/IEC 14496-12 section 4.2); one of size 0 reaches to the end, whichever it is. */
function boxesFit(bytes: Buffer): boolean {
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(offset);
    if (size === 0) return true;
    const large = size === 1 && offset + 16 <= bytes.length;
    offset += large ? Number(bytes.readBigUInt64BE(offset + 8)) : Math.max(size, 8);
  }
  return offset === bytes.length;
}

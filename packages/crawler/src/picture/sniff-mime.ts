const SIGNATURES: readonly (readonly [mime: string, offset: number, bytes: string])[] = [
  ['image/jpeg', 0, '\xFF\xD8\xFF'],
  ['image/png', 0, '\x89PNG\r\n\x1A\n'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/bmp', 0, 'BM'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['image/x-icon', 0, '\0\0\x01\0'],
  ['image/jxl', 0, '\xFF\x0A'],
  ['image/jxl', 4, 'JXL \r\n\x87\n'],
];

/** Major and compatible brands of ISO base media files that are pictures. */
const BRANDS: readonly (readonly [brand: string, mime: string])[] = [
  ['avif', 'image/avif'],
  ['avis', 'image/avif'],
  ['heic', 'image/heic'],
  ['heix', 'image/heic'],
  ['mif1', 'image/heif'],
];

/** Where an SVG's root element may at most begin: after an XML declaration, comments and a doctype. */
const MAX_SVG_PROLOGUE_BYTES = 4_096;
const SVG = /^\uFEFF?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>\s*)*<(?:\w+:)?svg[\s>]/is;

/** The type of a picture by what it holds, whatever its server calls it; null if it isn't one that is known. */
export function sniffMime(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [mime, offset, signature] of SIGNATURES) {
    if (buffer.length > offset && buffer.subarray(offset, offset + signature.length).equals(Buffer.from(signature, 'latin1'))) {
      return mime;
    }
  }
  if (buffer.subarray(4, 8).toString('latin1') === 'ftyp') {
    const brands = buffer.subarray(8, Math.min(64, buffer.length < 4 ? 0 : buffer.readUInt32BE(0))).toString('latin1');
    const found = BRANDS.find(([brand]) => brands.includes(brand));
    if (found !== undefined) return found[1];
  }
  const encoding = buffer[0] === 0xff && buffer[1] === 0xfe ? 'utf16le' : 'utf8';
  return SVG.test(buffer.subarray(0, MAX_SVG_PROLOGUE_BYTES).toString(encoding)) ? 'image/svg+xml' : null;
}

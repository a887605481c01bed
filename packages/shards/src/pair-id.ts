import { hash } from 'node:crypto';
import { canonicalUrl } from './canonical-url.ts';

const BASE32_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_CHARACTERS = 26;
/** What so many characters stand for. */
const ID_BYTES = Math.ceil((ID_CHARACTERS * 5) / 8);

/**
 * The id of a pair: the first 26 characters (130 bits) of the base32 (RFC 4648 section 6) of the SHA-256 of the canonical
 * URL of the picture, a line feed, and the canonical URL of the page (empty where there is none).
 */
export function pairId(imageUrl: string, pageUrl: string | null): string {
  const key = `${canonicalUrl(imageUrl)}\n${pageUrl === null ? '' : canonicalUrl(pageUrl)}`;
  return base32(hash('sha256', key, 'binary').slice(0, ID_BYTES)).slice(0, ID_CHARACTERS);
}

/** @param bytes a character each */
function base32(bytes: string): string {
  let text = '';
  let bits = 0;
  let bitCount = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    bits = (bits << 8) | bytes.charCodeAt(index);
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += BASE32_ALPHABET[(bits >>> bitCount) & 31];
    }
    bits &= (1 << bitCount) - 1;
  }
  return bitCount === 0 ? text : text + BASE32_ALPHABET[(bits << (5 - bitCount)) & 31];
}

import { detect } from 'chardet';
import iconv from 'iconv-lite';

/** HTML requires a declaration within the first 1024 bytes; pages with scripts before it are common. */
const PRESCAN_BYTES = 4_096;
/** Enough for a detector to be sure, and quick. */
const DETECTION_BYTES = 65_536;
/** Of the characters outside ASCII. */
const MAX_REPLACED_SHARE = 0.1;
const EAST_ASIAN = /^(?:gb18030|big5hkscs|shiftjis|eucjp|euckr|utf16le|utf16be)$/;
/** What servers say that don't know; to be believed only where nothing else is to be had. */
const SAYS_NOTHING = /^(?:ascii|usascii|iso88591|latin1|windows1252)$/;
const META_CHARSET = /<meta[^>]{0,512}?charset\s*=\s*["']?\s*([\w:.-]+)/i;
const XML_ENCODING = /^\s*<\?xml[^>]{0,256}?encoding\s*=\s*["']([\w:.-]+)["']/i;

/**
 * The text of a page: encoded as its byte order mark says, else its Content-Type, else its own declaration, else what a
 * detector takes it for. GB2312 and GBK are read as GB18030, of which they are parts. A page that says UTF-8 and isn't is
 * detected like one that says nothing.
 */
export function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const mark = markedEncoding(bytes);
  if (mark !== null) return decode(bytes, mark);
  const declared = declaredEncoding(bytes, contentType);
  if (declared !== null && declared !== 'utf8') return decode(bytes, declared);
  const utf8 = decode(bytes, 'utf8');
  if (isMostlyRead(utf8)) return utf8;
  const detected = canonicalEncoding(detect(bytes.subarray(0, DETECTION_BYTES)) ?? '') ?? 'utf8';
  // What says that it is UTF-8 and is damaged is at most East Asian text.
  return declared === null || EAST_ASIAN.test(detected) ? decode(bytes, detected) : utf8;
}

/** Whether a text that was read as UTF-8 is: stray bytes make a page invalid, another encoding leaves hardly a character. */
function isMostlyRead(text: string): boolean {
  let replaced = 0;
  let others = 0;
  for (const character of text) {
    if (character === '\uFFFD') replaced += 1;
    else if (character > '\x7F') others += 1;
  }
  return replaced <= others * MAX_REPLACED_SHARE;
}

function markedEncoding(bytes: Buffer): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf16be';
  return null;
}

function declaredEncoding(bytes: Buffer, contentType: string | undefined): string | null {
  const inHeader = /charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(contentType ?? '')?.[1];
  const start = bytes.toString('latin1', 0, PRESCAN_BYTES);
  const inPage = (XML_ENCODING.exec(start) ?? META_CHARSET.exec(start))?.[1];
  const names = [inHeader, inPage].map((label) => canonicalEncoding(label ?? ''));
  return names.find((name) => name !== null && !SAYS_NOTHING.test(name)) ?? null;
}

/** iconv-lite's name of an encoding; null for none and for those that it doesn't know. */
function canonicalEncoding(label: string): string | null {
  const name = label.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (name === '' || !iconv.encodingExists(name)) return null;
  if (/^(?:gb\d*|gbk|xgbk|cp936|ms936|windows936|euccn)$/.test(name)) return 'gb18030';
  return name.startsWith('big5') ? 'big5hkscs' : name;
}

const decode = (bytes: Buffer, encoding: string): string => iconv.decode(bytes, encoding);

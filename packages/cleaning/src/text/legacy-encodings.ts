/** Characters that windows-1252 gives to bytes 0x80..0x9F; the five it leaves out decode to the C1 control of the same number. */
const WINDOWS_1252_HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

let windows1252: Map<string, number> | undefined;
let gbk: Map<string, number> | undefined;

/** Bytes of a text in windows-1252 (of which ISO 8859-1 is a part); null if it holds other characters. */
export function encodeWindows1252(text: string): Uint8Array | null {
  windows1252 ??= new Map([...WINDOWS_1252_HIGH].map((character, index) => [character, 0x80 + index]));
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const byte = code <= 0xff ? code : windows1252.get(text[index]!);
    if (byte === undefined) return null;
    bytes[index] = byte;
  }
  return bytes;
}

/** Bytes of a text in GBK, user-defined characters included; null if it holds other characters. */
export function encodeGbk(text: string): Uint8Array | null {
  gbk ??= gbkTable();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const pair = gbk.get(character);
    if (pair === undefined) return null;
    bytes.push(pair >> 8, pair & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** The platform only decodes GBK, so its table is the decoder's answers (GB 18030-2005, two-byte part), turned around. */
function gbkTable(): Map<string, number> {
  const decoder = new TextDecoder('gbk');
  const table = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if ([...character].length === 1 && character !== '\uFFFD' && !table.has(character))
        table.set(character, lead * 256 + trail);
    }
  }
  // Browsers and Java read byte 0x80 as the euro sign (WHATWG Encoding, gb18030 decoder).
  table.delete('€');
  return table;
}

let level1: Uint8Array | undefined;

/** By UTF-16 code: 2 for the most used characters, 1 for other Chinese characters and private use (the high surrogate stands for the pair). */
function levelOneTable(): Uint8Array {
  const table = new Uint8Array(0x1_0000);
  gbk ??= gbkTable();
  for (let code = 0x2e80; code < 0x1_0000; code += 1) {
    const character = String.fromCharCode(code);
    if (!/[\p{Script=Han}\p{Co}]/u.test(character) && !(code >= 0xd840 && code < 0xdc00)) continue;
    const pair = gbk.get(character) ?? 0;
    table[code] = pair >= 0xb0a1 && pair < 0xd800 && (pair & 0xff) >= 0xa1 ? 2 : 1;
  }
  return table;
}

/** Whether a character is in GB 2312 level 1, the 3,755 most used. */
export function isLevelOne(code: number): boolean {
  level1 ??= levelOneTable();
  return level1[code] === 2;
}

/** Share of the Chinese characters that are in GB 2312 level 1, the 3,755 most used; 0 if there are none. */
export function commonShare(text: string): number {
  let common = 0;
  let han = 0;
  level1 ??= levelOneTable();
  for (let at = 0; at < text.length; at += 1) {
    const kind = level1[text.charCodeAt(at)]!;
    if (kind === 0) continue;
    han += 1;
    common += kind - 1;
  }
  return han === 0 ? 0 : common / han;
}

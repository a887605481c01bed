import { foldCharacter } from './simplify.ts';

/** A word of the list that was found, and where it stands in the text. */
export interface FoundWord {
  word: string;
  start: number;
  end: number;
}

/** Symbols that may stand between two characters of a word. */
const MAX_INSERTED = 4;
/** Where a sentence ends, a word does too. */
const SENTENCE_END = /[。！？；!?;\n]/u;
const INSERTED = /[\p{P}\p{S}\p{Z}\p{Cf}\p{M}]/u;
const LATIN = /[a-z0-9]/u;

interface Node {
  next: Map<number, Node>;
  fail: Node | null;
  /** The word that ends here, and the next shorter one that does. */
  word: string | null;
  length: number;
  shorter: Node | null;
}

const newNode = (): Node => ({ next: new Map(), fail: null, word: null, length: 0, shorter: null });

/**
 * Finds any of many words in one pass (Aho and Corasick, "Efficient string matching", 1975). Texts and words are compared without
 * symbols between characters, in half-width small letters and simplified characters: 代★开★发★票 and 代開發票 are 代开发票.
 * A word in Latin letters has to stand apart from other letters.
 */
export class WordMatcher {
  readonly #root = newNode();

  constructor(words: readonly string[]) {
    for (const word of words) this.#add(word);
    this.#link();
  }

  #add(word: string): void {
    const { codes } = fold(word);
    if (codes.length === 0) return;
    let node = this.#root;
    for (const code of codes) {
      let child = node.next.get(code);
      if (child === undefined) {
        child = newNode();
        node.next.set(code, child);
      }
      node = child;
    }
    node.word ??= word;
    node.length = codes.length;
  }

  #link(): void {
    const queue: Node[] = [...this.#root.next.values()];
    for (const node of queue) node.fail = this.#root;
    for (const node of queue) {
      for (const [code, child] of node.next) {
        let fail = node.fail;
        while (fail !== null && !fail.next.has(code)) fail = fail.fail;
        child.fail = fail?.next.get(code) ?? this.#root;
        child.shorter = child.fail.word === null ? child.fail.shorter : child.fail;
        queue.push(child);
      }
    }
  }

  /** All words in a text, in the order in which they end; words may overlap. */
  find(text: string): FoundWord[] {
    if (this.#root.next.size === 0) return [];
    const { codes, offsets } = fold(text);
    const found: FoundWord[] = [];
    let node = this.#root;
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at]!;
      if (at > 0 && isApart(text, offsets[at - 1]! + 1, offsets[at]!)) node = this.#root;
      while (node !== this.#root && !node.next.has(code)) node = node.fail!;
      node = node.next.get(code) ?? this.#root;
      for (let end: Node | null = node.word === null ? node.shorter : node; end !== null; end = end.shorter) {
        const start = offsets[at - end.length + 1]!;
        const found1 = { word: end.word!, start, end: offsets[at]! + 1 };
        if (!cutsLatin(codes, offsets, at - end.length + 1, at)) found.push(found1);
      }
    }
    return found;
  }
}

function isApart(text: string, from: number, to: number): boolean {
  return to - from > MAX_INSERTED || (to > from && SENTENCE_END.test(text.slice(from, to)));
}

const isLatin = (code: number | undefined): boolean => code !== undefined && LATIN.test(String.fromCharCode(code));

/** Whether a word that begins or ends with a Latin letter goes on in the text. */
function cutsLatin(codes: readonly number[], offsets: readonly number[], first: number, last: number): boolean {
  const joined = (left: number, right: number): boolean =>
    isLatin(codes[left]) && isLatin(codes[right]) && offsets[right] === offsets[left]! + 1;
  return joined(first - 1, first) || joined(last, last + 1);
}

/** What is compared, and where each of it stands in the text. */
function fold(text: string): { codes: number[]; offsets: number[] } {
  const codes: number[] = [];
  const offsets: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    let code = text.charCodeAt(at);
    if (code >= 0xff01 && code <= 0xff5e) code -= 0xfee0;
    if (code >= 0x41 && code <= 0x5a) code += 0x20;
    const isLetter = (code >= 0x4e00 && code <= 0x9fff) || (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
    if (!isLetter && (INSERTED.test(String.fromCharCode(code)) || (code >= 0xd800 && code <= 0xdfff))) continue;
    codes.push(foldCharacter(code));
    offsets.push(at);
  }
  return { codes, offsets };
}

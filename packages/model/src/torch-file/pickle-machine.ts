/** What a pickle may reach outside of itself. */
export interface PickleHost {
  /**
   * What a global name stands for: a {@link PickleFunction}, or a value that is only handed on.
   * @throws for every name that isn't on the list
   */
  find(module: string, name: string): unknown;
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** A function of ours under a name of Python's; nothing else is ever called. */
export class PickleFunction {
  readonly name: string;
  readonly call: (args: readonly unknown[]) => unknown;

  constructor(name: string, call: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** Bytes that are no pickle, or one that does more than describe data; the message says what, without naming the file. */
export class PickleError extends Error {}

/** The bytes end before the pickle does. */
export class PickleCutShort extends PickleError {}

/**
 * Reads one pickle (PEP 307, PEP 3154; the instructions that data needs). Dicts become Maps, lists and tuples arrays, integers beyond
 * 2^53 bigints. Classes aren't made, attributes not set, functions not called other than the host's.
 * @returns the value and where in the bytes the pickle ends
 * @throws PickleError
 */
export function readPickle(bytes: Buffer, start: number, host: PickleHost): { value: unknown; end: number } {
  const machine = new PickleMachine(bytes, start, host);
  return { value: machine.run(), end: machine.position };
}

class PickleMachine {
  position: number;
  private readonly bytes: Buffer;
  private readonly host: PickleHost;
  private stack: unknown[] = [];
  private readonly marked: unknown[][] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(bytes: Buffer, start: number, host: PickleHost) {
    this.bytes = bytes;
    this.position = start;
    this.host = host;
  }

  run(): unknown {
    for (;;) {
      const at = this.position;
      const code = this.byte();
      if (code === STOP) return this.pop();
      const instruction = INSTRUCTIONS.get(code);
      if (instruction === undefined) {
        throw new PickleError(
          `the pickle instruction 0x${code.toString(16).padStart(2, '0')} at byte ${at} isn't one that data needs`,
        );
      }
      instruction(this);
    }
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw new PickleError('its pickle takes from an empty stack');
    return this.stack.pop();
  }

  top<T>(kind: 'list' | 'dict'): T {
    const value = this.stack.at(-1);
    if (kind === 'list' ? Array.isArray(value) : value instanceof Map) return value as T;
    throw new PickleError(`its pickle adds to a ${kind} where there is none`);
  }

  mark(): void {
    this.marked.push(this.stack);
    this.stack = [];
  }

  /** Everything since the last mark. */
  popToMark(): unknown[] {
    const items = this.stack;
    const below = this.marked.pop();
    if (below === undefined) throw new PickleError('its pickle goes back to a mark that was never set');
    this.stack = below;
    return items;
  }

  put(index: number = this.memo.size): void {
    const value = this.pop();
    this.push(value);
    this.memo.set(index, value);
  }

  get(index: number): void {
    if (!this.memo.has(index)) throw new PickleError(`its pickle recalls what it never put aside (${index})`);
    this.push(this.memo.get(index));
  }

  find(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string')
      throw new PickleError('its pickle asks for a name that is no text');
    this.push(this.host.find(module, name));
  }

  persistent(): void {
    this.push(this.host.persistent(this.pop()));
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof PickleFunction)) throw new PickleError('its pickle calls what is no function');
    if (!Array.isArray(args)) throw new PickleError(`its pickle calls ${callee.name} without arguments`);
    this.push(callee.call(args));
  }

  /** An OrderedDict may carry attributes, which hold no tensors; nothing else may. */
  build(): void {
    this.pop();
    this.top<Map<unknown, unknown>>('dict');
  }

  append(items: readonly unknown[]): void {
    const list = this.top<unknown[]>('list');
    for (const item of items) list.push(item);
  }

  setItems(items: readonly unknown[]): void {
    if (items.length % 2 !== 0) throw new PickleError('its pickle sets a key without a value');
    const dict = this.top<Map<unknown, unknown>>('dict');
    for (let index = 0; index < items.length; index += 2) dict.set(items[index], items[index + 1]);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  take(length: number): Buffer {
    const end = this.position + length;
    if (!(end <= this.bytes.length)) throw new PickleCutShort('its pickle is cut short');
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new PickleCutShort('its pickle is cut short');
    const text = this.bytes.toString('utf8', this.position, end);
    this.position = end + 1;
    return text;
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }
}

const STOP = 0x2e;

/** Little-endian two's complement of any length. */
function longOf(bytes: Buffer): number | bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

type Instruction = (machine: PickleMachine) => void;

const text =
  (length: (machine: PickleMachine) => number): Instruction =>
  (machine) =>
    machine.push(machine.take(length(machine)).toString('utf8'));
const binary =
  (length: (machine: PickleMachine) => number): Instruction =>
  (machine) =>
    machine.push(machine.take(length(machine)));
const tuple =
  (count: number): Instruction =>
  (machine) =>
    machine.push(Array.from({ length: count }, () => machine.pop()).reverse());
const byteLength = (machine: PickleMachine): number => machine.byte();
const uint32Length = (machine: PickleMachine): number => machine.uint32();
const uint64Length = (machine: PickleMachine): number => machine.uint64();

/** Names of the instructions are those of Python's `pickletools`. */
const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [0x80, (machine) => machine.take(1)], // PROTO
  [0x95, (machine) => machine.take(8)], // FRAME
  [0x28, (machine) => machine.mark()], // MARK
  [0x30, (machine) => machine.pop()], // POP
  [0x31, (machine) => machine.popToMark()], // POP_MARK

  [0x4e, (machine) => machine.push(null)], // NONE
  [0x88, (machine) => machine.push(true)], // NEWTRUE
  [0x89, (machine) => machine.push(false)], // NEWFALSE
  [0x4a, (machine) => machine.push(machine.take(4).readInt32LE())], // BININT
  [0x4b, (machine) => machine.push(machine.byte())], // BININT1
  [0x4d, (machine) => machine.push(machine.take(2).readUInt16LE())], // BININT2
  [0x8a, (machine) => machine.push(longOf(machine.take(machine.byte())))], // LONG1
  [0x47, (machine) => machine.push(machine.take(8).readDoubleBE())], // BINFLOAT
  [0x55, text(byteLength)], // SHORT_BINSTRING
  [0x54, text(uint32Length)], // BINSTRING
  [0x8c, text(byteLength)], // SHORT_BINUNICODE
  [0x58, text(uint32Length)], // BINUNICODE
  [0x8d, text(uint64Length)], // BINUNICODE8
  [0x43, binary(byteLength)], // SHORT_BINBYTES
  [0x42, binary(uint32Length)], // BINBYTES

  [0x29, (machine) => machine.push([])], // EMPTY_TUPLE
  [0x85, tuple(1)], // TUPLE1
  [0x86, tuple(2)], // TUPLE2
  [0x87, tuple(3)], // TUPLE3
  [0x74, (machine) => machine.push(machine.popToMark())], // TUPLE
  [0x5d, (machine) => machine.push([])], // EMPTY_LIST
  [0x61, (machine) => machine.append([machine.pop()])], // APPEND
  [0x65, (machine) => machine.append(machine.popToMark())], // APPENDS
  [0x7d, (machine) => machine.push(new Map())], // EMPTY_DICT
  [0x73, (machine) => machine.setItems([machine.pop(), machine.pop()].reverse())], // SETITEM
  [0x75, (machine) => machine.setItems(machine.popToMark())], // SETITEMS

  [0x71, (machine) => machine.put(machine.byte())], // BINPUT
  [0x72, (machine) => machine.put(machine.uint32())], // LONG_BINPUT
  [0x94, (machine) => machine.put()], // MEMOIZE
  [0x68, (machine) => machine.get(machine.byte())], // BINGET
  [0x6a, (machine) => machine.get(machine.uint32())], // LONG_BINGET

  [0x63, (machine) => machine.find(machine.line(), machine.line())], // GLOBAL
  [0x93, (machine) => machine.find(...([machine.pop(), machine.pop()].reverse() as [unknown, unknown]))], // STACK_GLOBAL
  [0x51, (machine) => machine.persistent()], // BINPERSID
  [0x52, (machine) => machine.reduce()], // REDUCE
  [0x62, (machine) => machine.build()], // BUILD
]);

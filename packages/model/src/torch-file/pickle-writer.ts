/** Writes the values of a pickle (protocol 2, PEP 307) one after the other; what `torch.save` uses and no more. */
export class PickleWriter {
  private readonly parts: Buffer[] = [Buffer.of(0x80, 2)];

  /** The pickle, ended. */
  finish(): Buffer {
    return Buffer.concat([...this.parts, Buffer.of(0x2e)]);
  }

  /** A function or class by its name. */
  global(module: string, name: string): this {
    return this.raw(`c${module}\n${name}\n`);
  }

  text(text: string): this {
    const bytes = Buffer.from(text);
    const head = Buffer.alloc(5);
    head.write('X', 'latin1');
    head.writeUInt32LE(bytes.length, 1);
    this.parts.push(head, bytes);
    return this;
  }

  integer(value: number): this {
    if (value < 2 ** 31) {
      const bytes = Buffer.alloc(5);
      bytes.write('J', 'latin1');
      bytes.writeInt32LE(value, 1);
      this.parts.push(bytes);
    } else {
      const bytes = Buffer.alloc(10);
      bytes.set([0x8a, 8]);
      bytes.writeBigInt64LE(BigInt(value), 2);
      this.parts.push(bytes);
    }
    return this;
  }

  false(): this {
    this.parts.push(Buffer.of(0x89));
    return this;
  }

  integers(values: readonly number[]): this {
    return this.tuple(() => values.forEach((value) => this.integer(value)));
  }

  /** @param items writes them */
  tuple(items: () => void): this {
    this.raw('(');
    items();
    return this.raw('t');
  }

  /** Calls the function before the last with the last, a tuple. */
  reduce(): this {
    return this.raw('R');
  }

  /** Makes the last, a tuple, a persistent id. */
  persistent(): this {
    return this.raw('Q');
  }

  /** @param items writes keys and values by turns, into the dict that was last */
  setItems(items: () => void): this {
    this.raw('(');
    items();
    return this.raw('u');
  }

  orderedDict(): this {
    return this.global('collections', 'OrderedDict').raw(')R');
  }

  private raw(ascii: string): this {
    this.parts.push(Buffer.from(ascii, 'latin1'));
    return this;
  }
}

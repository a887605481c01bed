/**
 * The items with the smallest keys among those offered. With keys that a seed decides this is a uniform sample, and the same
 * one in whatever order the items come.
 */
export class Smallest<Item> {
  readonly #limit: number;
  readonly #kept: { key: number; item: Item }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(key: number, item: () => Item): void {
    if (this.#kept.length >= this.#limit && key >= this.#kept.at(-1)!.key) return;
    let at = this.#kept.length;
    while (at > 0 && this.#kept[at - 1]!.key > key) at -= 1;
    this.#kept.splice(at, 0, { key, item: item() });
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  get items(): Item[] {
    return this.#kept.map(({ item }) => item);
  }
}

/** Disjoint sets of 0..size-1, with path halving; the smallest member stands for its set. */
export class UnionFind {
  readonly #parent: Uint32Array;

  constructor(size: number) {
    this.#parent = new Uint32Array(size);
    for (let item = 0; item < size; item += 1) this.#parent[item] = item;
  }

  find(item: number): number {
    const parent = this.#parent;
    let at = item;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  union(left: number, right: number): void {
    const first = this.find(left);
    const second = this.find(right);
    if (first !== second) this.#parent[Math.max(first, second)] = Math.min(first, second);
  }
}

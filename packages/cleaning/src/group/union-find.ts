/** Disjoint sets of 0..size-1, with path halving; the smallest member stands for its set. */
export class UnionFind {
  readonly #parent: Uint32Array;

  constructor(size: number) {
    this.#parent = Uint32Array.from({ length: size }, (_, index) => index);
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

  /** Sets with more than one of the given items, each in the order of `items`. */
  clusters(items: Iterable<number>): number[][] {
    const bySet = new Map<number, number[]>();
    for (const item of items) {
      const set = this.find(item);
      const members = bySet.get(set);
      if (members === undefined) bySet.set(set, [item]);
      else members.push(item);
    }
    return [...bySet.values()].filter((members) => members.length > 1);
  }
}

import type { Source } from '@wenlan/shards';

/** How many pairs, or texts, of a source came to a rule and how many it let through. */
export interface FunnelRow {
  /** Name of the rule; `crawl` for what the crawler had already given another outcome than `ok`. */
  rule: string;
  source: Source;
  unit: 'pair' | 'text';
  in: number;
  out: number;
}

/** Counts what each rule drops. */
export class Funnel {
  /** By rule, a few each: a key made of all three would cost more than what is counted. */
  readonly #rows = new Map<string, FunnelRow[]>();

  count(rule: string, unit: FunnelRow['unit'], source: Source, kept: boolean): void {
    let rows = this.#rows.get(rule);
    if (rows === undefined) this.#rows.set(rule, (rows = []));
    let row = rows.find((each) => each.source === source && each.unit === unit);
    if (row === undefined) rows.push((row = { rule, source, unit, in: 0, out: 0 }));
    row.in += 1;
    if (kept) row.out += 1;
  }

  /**
   * Rows in the order of the rules, then by source; of one unit and source, what goes into a rule is what came out of the rule
   * before.
   * @param rules names in the order of the recipe
   */
  rows(rules: readonly string[]): FunnelRow[] {
    const order = ['crawl', ...rules];
    return [...this.#rows.values()]
      .flat()
      .sort(
        (left, right) =>
          order.indexOf(left.rule) - order.indexOf(right.rule) ||
          compare(left.unit, right.unit) ||
          compare(left.source, right.source),
      );
  }
}

const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

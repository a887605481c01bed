import type { Database, RootDatabase } from 'lmdb';

/** A table of LMDB with what was written since the last transaction in memory. Nothing is read back but what is put. */
export class DeltaTable<Value> {
  readonly #table: Database<Value, string>;
  readonly #delta = new Map<string, Value>();

  constructor(root: RootDatabase, name: string) {
    this.#table = root.openDB<Value, string>({ name });
  }

  /** Entries that are only in memory. */
  get deltaSize(): number {
    return this.#delta.size;
  }

  get(key: string): Value | undefined {
    return this.#delta.get(key) ?? this.#table.get(key);
  }

  has(key: string): boolean {
    return this.#delta.has(key) || this.#table.doesExist(key);
  }

  put(key: string, value: Value): void {
    this.#delta.set(key, value);
  }

  /** Drops an entry that nobody needs any more from memory; from the disk {@link remove} does. */
  forget(key: string): void {
    this.#delta.delete(key);
  }

  /** Inside a transaction: writes what is in memory. */
  flush(): void {
    for (const [key, value] of this.#delta) this.#table.putSync(key, value);
    this.#delta.clear();
  }

  /** Inside a transaction. */
  remove(key: string): void {
    this.#table.removeSync(key);
  }

  /** Inside a transaction: removes the entries on the disk that a condition holds for. */
  removeWhere(condition: (value: Value) => boolean): void {
    const keys: string[] = [];
    for (const { key, value } of this.#table.getRange()) if (condition(value)) keys.push(key);
    for (const key of keys) this.#table.removeSync(key);
  }

  /** Inside a transaction: replaces the entries on the disk that a condition holds for. */
  updateWhere(condition: (value: Value) => boolean, update: (value: Value) => Value): void {
    const changed: [string, Value][] = [];
    for (const { key, value } of this.#table.getRange()) if (condition(value)) changed.push([key, update(value)]);
    for (const [key, value] of changed) this.#table.putSync(key, value);
  }

  /** The values in the order of their keys, once everything is written. */
  *values(): Generator<Value> {
    for (const { value } of this.#table.getRange()) yield value;
  }

  /** Inside a transaction. */
  clear(): void {
    this.#delta.clear();
    this.#table.clearSync();
  }
}

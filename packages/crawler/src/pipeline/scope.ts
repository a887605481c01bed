import type { SourceConfig } from '../sources/source-adapter.ts';

/** Where the pages of a source may lie: hosts, or hosts with the beginning of a path; those of the seeds unless told. */
export class Scope {
  readonly #entries: readonly string[];

  constructor({ scope, seeds }: Pick<SourceConfig, 'scope' | 'seeds'>) {
    this.#entries = scope ?? seeds.map((seed) => new URL(seed).host);
  }

  /** @param hosts beside the scope: where seeds were redirected to */
  includes(address: string, hosts: readonly string[]): boolean {
    const { host, pathname } = new URL(address);
    if (hosts.includes(host)) return true;
    return this.#entries.some((entry) => (entry.includes('/') ? (host + pathname).startsWith(entry) : host === entry));
  }
}

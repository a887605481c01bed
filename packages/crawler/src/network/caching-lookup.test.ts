import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.ts';
import { CachingLookup } from './caching-lookup.ts';

const GOOD: LookupAddress = { address: '1.2.3.4', family: 4 };

function lookupOf(answer: (host: string) => LookupAddress[] | string): {
  lookup: CachingLookup;
  asked: string[];
  clock: { now: number };
  overloads: string[];
} {
  const asked: string[] = [];
  const overloads: string[] = [];
  const clock = { now: 0 };
  const lookup = new CachingLookup({
    policy: new AddressPolicy([]),
    onOverload: (host) => overloads.push(host),
    now: () => clock.now,
    resolve: async (host) => {
      asked.push(host);
      const found = answer(host);
      if (typeof found === 'string') throw Object.assign(new Error(`getaddrinfo ${found}`), { code: found });
      return found;
    },
  });
  return { lookup, asked, clock, overloads };
}

const connectLookup = (lookup: CachingLookup, options: { all?: boolean; family?: number }): Promise<unknown[]> =>
  new Promise((resolve) => lookup.lookup('a.test', options, (...answer) => resolve(answer)));

describe(CachingLookup, () => {
  it('asks once a minute, for whoever waits at the same time, too', async () => {
    const { lookup, asked, clock } = lookupOf(() => [GOOD]);
    await Promise.all([lookup.addresses('a.test'), lookup.addresses('a.test'), lookup.addresses('b.test')]);
    clock.now = 59_999;
    expect(await lookup.addresses('a.test')).toEqual([GOOD]);
    expect(asked).toEqual(['a.test', 'b.test']);
    clock.now = 60_000;
    await lookup.addresses('a.test');
    expect(asked).toEqual(['a.test', 'b.test', 'a.test']);
  });

  it('remembers for ten seconds that there is no such name', async () => {
    const { lookup, asked, clock } = lookupOf(() => 'ENOTFOUND');
    for (clock.now of [0, 9_999, 10_000]) await expect(lookup.addresses('a.test')).rejects.toThrow('ENOTFOUND');
    expect(asked).toHaveLength(2);
  });

  it('asks again, and says so, when the resolver is overloaded', async () => {
    const { lookup, asked, overloads } = lookupOf(() => 'EAI_AGAIN');
    for (const _ of [1, 2]) await expect(lookup.addresses('a.test')).rejects.toThrow('EAI_AGAIN');
    expect(asked).toHaveLength(2);
    expect(overloads).toEqual(['a.test', 'a.test']);
  });

  it('gives public addresses only', async () => {
    const { lookup } = lookupOf((host) =>
      host === 'a.test' ? [{ address: '127.0.0.1', family: 4 }, GOOD] : [{ address: '::1', family: 6 }],
    );
    expect(await lookup.addresses('a.test')).toEqual([GOOD]);
    await expect(lookup.addresses('b.test')).rejects.toThrow('b.test is at ::1, which is not a public address');
  });

  it('answers as net.connect asks', async () => {
    const six: LookupAddress = { address: '2606::1', family: 6 };
    const { lookup } = lookupOf(() => [GOOD, six]);
    expect(await connectLookup(lookup, { all: true })).toEqual([null, [GOOD, six]]);
    expect(await connectLookup(lookup, { family: 6 })).toEqual([null, '2606::1', 6]);
    expect(await connectLookup(lookup, {})).toEqual([null, '1.2.3.4', 4]);
    const failed = await connectLookup(lookupOf(() => 'ENOTFOUND').lookup, {});
    expect(failed[0]).toMatchObject({ code: 'ENOTFOUND' });
  });
});

import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.ts';

const PUBLIC = ['1.1.1.1', '172.15.0.1', '172.32.0.1', '192.167.1.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'];
const REFUSED = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::10.0.0.1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
];

describe(AddressPolicy, () => {
  it.each(PUBLIC)('allows %s', (address) => {
    expect(new AddressPolicy([]).allows(address)).toBe(true);
  });

  it.each(REFUSED)('refuses %s', (address) => {
    expect(new AddressPolicy([]).allows(address)).toBe(false);
  });

  it('allows the ranges that it is told, and no more', () => {
    const policy = new AddressPolicy(['127.0.0.0/8', '10.0.0.7', 'fd00::/8']);
    expect(['127.1.2.3', '::ffff:127.0.0.1', '10.0.0.7', 'fd00::1'].map((address) => policy.allows(address))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['10.0.0.8', '192.168.0.1', '::1'].map((address) => policy.allows(address))).toEqual([false, false, false]);
  });

  it.each(['localhost', '127.0.0.0/33', '127.0.0.0/', '127.0.0.0/8/8', '::1/129', ''])(
    'does not take %j for a range',
    (range) => {
      expect(() => new AddressPolicy([range])).toThrow(
        `The allowed address ${JSON.stringify(range)} is neither an IP address nor a range; write it as 127.0.0.1 or 127.0.0.0/8.`,
      );
    },
  );
});

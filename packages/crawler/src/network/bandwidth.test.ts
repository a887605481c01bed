import { expect, it } from 'vitest';
import { Bandwidth } from './bandwidth.ts';

it('has room for a burst, then keeps the rate', () => {
  let now = 0;
  const bandwidth = new Bandwidth(1_000, () => now);
  expect(bandwidth.receive(250)).toBe(0);
  expect(bandwidth.receive(500)).toBe(500);
  now = 500;
  expect(bandwidth.receive(100)).toBe(100);
  now = 10_000;
  expect(bandwidth.receive(250)).toBe(0);
});

it('without a limit never waits', () => {
  expect(new Bandwidth(Infinity).receive(10 ** 12)).toBe(0);
});

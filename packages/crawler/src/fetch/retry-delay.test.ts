import { describe, expect, it } from 'vitest';
import { retryAfterMillis, retryDelayMillis } from './retry-delay.ts';

describe(retryAfterMillis, () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['120', undefined, 120_000],
    [' 0 ', undefined, 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', undefined, 30_000],
    // The server's clock is ten minutes fast, and it means thirty seconds.
    ['Thu, 01 Jan 2026 00:10:30 GMT', 'Thu, 01 Jan 2026 00:10:00 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', undefined, 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 'yesterday', 30_000],
    ['soon', undefined, undefined],
    [undefined, undefined, undefined],
  ])('%j with the date %j: %s ms', (value, date, millis) => {
    expect(retryAfterMillis(value, date, now)).toBe(millis);
  });
});

describe(retryDelayMillis, () => {
  it('doubles from half of the base to all of it, up to half a minute', () => {
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const full = Math.min(30_000, 500 * 2 ** attempt);
      const delay = retryDelayMillis(1, 'http://a.test/', attempt, 500);
      expect(delay).toBeGreaterThanOrEqual(full / 2);
      expect(delay).toBeLessThanOrEqual(full);
    }
  });

  it('is a function of seed, URL and attempt', () => {
    expect(retryDelayMillis(1, 'http://a.test/', 0, 500)).toBe(retryDelayMillis(1, 'http://a.test/', 0, 500));
    const others = [retryDelayMillis(2, 'http://a.test/', 0, 500), retryDelayMillis(1, 'http://b.test/', 0, 500)];
    expect(others).not.toContain(retryDelayMillis(1, 'http://a.test/', 0, 500));
  });
});

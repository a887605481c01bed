import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome'];

/** An installed Chromium; null, and the reason on standard error, where there is none. */
export function findChromium(): string | null {
  const found = [process.env['CHROMIUM'], ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (found === undefined) process.stderr.write('browser.test.ts skipped: no Chromium; install it or name it in CHROMIUM\n');
  return found ?? null;
}

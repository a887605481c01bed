import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Who drew a picture: four styles of the same things, and the flags of the world. */
export const VENDORS = ['apple', 'google', 'twemoji', 'openmoji', 'flags'] as const;
export type Vendor = (typeof VENDORS)[number];

const require = createRequire(import.meta.url);

const FOLDERS: Readonly<Record<Vendor, readonly [packageName: string, ...path: string[]]>> = {
  apple: ['emoji-datasource-apple', 'img', 'apple', '64'],
  google: ['emoji-datasource-google', 'img', 'google', '64'],
  twemoji: ['@twemoji/svg'],
  openmoji: ['openmoji', 'color', 'svg'],
  flags: ['flag-icons', 'flags', '4x3'],
};

/** Where the pictures of a vendor lie on this machine. */
export function vendorFolder(vendor: Vendor): string {
  const [packageName, ...path] = FOLDERS[vendor];
  return join(dirname(require.resolve(`${packageName}/package.json`)), ...path);
}

/** The data of a package, from its root. */
export function packageData(path: string): unknown {
  return require(path);
}

/** The names of a vendor's pictures, by their code points (see {@link codePoints}). */
export function drawingsOf(vendor: Vendor): Map<string, string> {
  const names = readdirSync(vendorFolder(vendor)).filter((name) => /\.(?:png|svg)$/.test(name));
  return new Map(
    names.map((name) => [vendor === 'flags' ? name.replace(/\.svg$/, '') : codePoints(name.replace(/\.\w+$/, '')), name]),
  );
}

/**
 * Code points in lower-case hexadecimal, joined with "-", without zeros before them and without variation selectors: vendors
 * write `00A9-FE0F`, `00a9-fe0f` and `a9` for the same character.
 */
export function codePoints(hexadecimal: string): string {
  const points = hexadecimal
    .toLowerCase()
    .split('-')
    .map((point) => point.replace(/^0+/, ''));
  return points.filter((point) => point !== 'fe0f').join('-');
}

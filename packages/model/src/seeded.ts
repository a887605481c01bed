/**
 * A number in [0, 1) that depends on nothing but the parts: FNV-1a over their text, finished as MurmurHash3 does.
 * Drawing by name instead of by order keeps a choice the same whatever else is drawn, and needs no state in a checkpoint.
 */
export function seededUniform(...parts: (string | number)[]): number {
  return seededUint32(...parts) / 2 ** 32;
}

/** As {@link seededUniform}, an integer in [0, 2^32). */
export function seededUint32(...parts: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(parts.join('\n'))) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

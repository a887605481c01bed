import type { Stats } from 'node:fs';

/** What of a file changes when its bytes do. */
export const stateOf = ({ size, mtimeMs, ino }: Stats): string => `${size} ${mtimeMs} ${ino}`;

import { readFileSync, readdirSync } from 'node:fs';

/** Bytes of memory of a process and its descendants; pages they share are counted once (PSS). Linux only, 0 elsewhere. */
export function processMemory(root: number): number {
  const parents = parentsOfAll();
  const isOurs = (pid: number): boolean => pid === root || (parents.has(pid) && isOurs(parents.get(pid)!));
  let bytes = 0;
  for (const pid of parents.keys()) if (isOurs(pid)) bytes += proportionalBytes(pid);
  return bytes;
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const entry of foldersOfProc()) {
    const stat = readOrNothing(`/proc/${entry}/stat`);
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  return parents;
}

function foldersOfProc(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function proportionalBytes(pid: number): number {
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(readOrNothing(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** A process may end between two looks. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

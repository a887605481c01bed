/** Paths kept at each word of the reference: METEOR's default. */
const BEAM = 40;
const NONE = -1;

interface Path {
  matched: number;
  /** Closed runs of matches that are neighbours in both sentences. */
  chunks: number;
  distance: number;
  /** Candidate position that would carry the open run on; NONE if no run is open. */
  next: number;
  /** For each candidate position whether it is taken. */
  readonly used: Uint8Array;
  /** For each reference position the candidate position matched with it, or NONE. */
  readonly partners: Int32Array;
}

/**
 * Aligns equal words one to one: most matches, then fewest chunks, then the shortest way between positions, as METEOR 1.5 does with its
 * exact stage (Denkowski and Lavie, WMT 2014, section 2.1).
 *
 * The search is a beam over the words of the reference, so that it is the official one's choice, not always the best, that is found.
 *
 * @returns for each reference position the candidate position, or -1
 */
export function alignExact(candidate: readonly string[], reference: readonly string[]): Int32Array {
  const positions = new Map<string, number[]>();
  for (const [i, word] of candidate.entries()) positions.set(word, [...(positions.get(word) ?? []), i]);
  const options = reference.map((word) => positions.get(word) ?? []);
  const timesInReference = new Map<string, number>();
  for (const word of reference) timesInReference.set(word, (timesInReference.get(word) ?? 0) + 1);
  // A word that occurs once in either sentence has one partner; such matches are taken before the search.
  const certain = reference.map((word, j) =>
    options[j]!.length === 1 && timesInReference.get(word) === 1 ? options[j]![0]! : NONE,
  );
  const start: Path = {
    matched: 0,
    chunks: 0,
    distance: 0,
    next: NONE,
    used: new Uint8Array(candidate.length),
    partners: Int32Array.from(certain),
  };
  for (const i of certain) if (i !== NONE) start.used[i] = 1;
  let paths = [start];
  for (const j of reference.keys()) paths = strongest(paths).flatMap((path) => successors(path, j, certain[j]!, options[j]!));
  const complete = strongest(paths);
  for (const path of complete) closeChunk(path);
  return strongest(complete)[0]!.partners;
}

/** Paths of equal standing keep their order: the sort is stable. */
function strongest(paths: Path[]): Path[] {
  paths.sort((a, b) => b.matched - a.matched || a.chunks - b.chunks || a.distance - b.distance);
  return paths.slice(0, BEAM);
}

function successors(path: Path, j: number, certain: number, options: readonly number[]): Path[] {
  if (certain !== NONE) {
    take(path, j, certain);
    path.distance += Math.abs(j - certain);
    return [path];
  }
  const found: Path[] = [];
  for (const i of options) {
    if (path.used[i] === 1) continue;
    const taken = { ...path, used: path.used.slice(), partners: path.partners.slice() };
    take(taken, j, i);
    found.push(taken);
    // METEOR 1.5 books the distance on the path that branches, not on the branch, and which of two equal paths wins depends on it.
    path.distance += Math.abs(j - i);
  }
  closeChunk(path);
  found.push(path);
  return found;
}

function take(path: Path, j: number, i: number): void {
  path.matched += 1;
  if (path.next !== NONE && path.next !== i) path.chunks += 1;
  path.next = i + 1;
  path.used[i] = 1;
  path.partners[j] = i;
}

function closeChunk(path: Path): void {
  if (path.next === NONE) return;
  path.chunks += 1;
  path.next = NONE;
}

export interface SourceCandidate {
  url: string;
  /** Width in pixels (`w`), or density times a notional width (`x`); what has no descriptor is of density 1. */
  width: number;
}

/** What density 1 counts as beside candidates with widths; only their order matters. */
const NOTIONAL_WIDTH = 1;

/** Takes a `srcset` apart (HTML section 4.8.4.3.10): URLs may hold commas, but not begin or end with one. */
export function parseSrcset(srcset: string): SourceCandidate[] {
  const candidates: SourceCandidate[] = [];
  let rest = srcset;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    const url = /^\S+/.exec(rest)?.[0];
    if (url === undefined) return candidates;
    rest = rest.slice(url.length);
    if (url.endsWith(',')) {
      candidates.push({ url: url.replace(/,+$/, ''), width: NOTIONAL_WIDTH });
      continue;
    }
    const descriptors = /^[^,]*/.exec(rest)![0];
    rest = rest.slice(descriptors.length);
    const [, number, unit] = /(\d+(?:\.\d+)?)([wx])\b/.exec(descriptors) ?? [];
    const width = unit === 'w' ? Number(number) : unit === 'x' ? Number(number) * NOTIONAL_WIDTH : NOTIONAL_WIDTH;
    candidates.push({ url, width });
  }
}

/** The largest picture of several; the first of equals. */
export function bestCandidate(candidates: readonly SourceCandidate[]): SourceCandidate | undefined {
  return candidates.reduce<SourceCandidate | undefined>(
    (best, candidate) => (best !== undefined && best.width >= candidate.width ? best : candidate),
    undefined,
  );
}

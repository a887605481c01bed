interface Rule {
  allow: boolean;
  /** Octets of the pattern: the most specific rule is the longest (RFC 9309 section 2.2.2). */
  length: number;
  matches: (path: string) => boolean;
}

interface Group {
  agents: string[];
  rules: Rule[];
  crawlDelaySeconds: number | undefined;
}

/** The rules that a robots.txt has for one crawler (RFC 9309). */
export class RobotsRules {
  readonly #rules: readonly Rule[];
  /** Not in the RFC, but widely meant; undefined where the file has none for this crawler. */
  readonly crawlDelaySeconds: number | undefined;
  /** Addresses of sitemaps, whichever crawler they are for. */
  readonly sitemaps: readonly string[];

  /** @param product the crawler's product token, such as `WenLanBot`; compared without regard to case */
  constructor(text: string, product: string) {
    const { groups, sitemaps } = parse(text);
    const own = groups.filter(({ agents }) => agents.includes(product.toLowerCase()));
    const applying = own.length > 0 ? own : groups.filter(({ agents }) => agents.includes('*'));
    this.#rules = applying.flatMap(({ rules }) => rules);
    this.crawlDelaySeconds = applying.find((group) => group.crawlDelaySeconds !== undefined)?.crawlDelaySeconds;
    this.sitemaps = sitemaps;
  }

  allows(url: URL): boolean {
    if (this.#rules.length === 0 || url.pathname === '/robots.txt') return true;
    const path = normalize(url.pathname + url.search);
    let best: Rule | undefined;
    for (const rule of this.#rules) {
      const isBetter = best === undefined || rule.length > best.length || (rule.length === best.length && rule.allow);
      if (isBetter && rule.matches(path)) best = rule;
    }
    return best?.allow ?? true;
  }
}

function parse(text: string): { groups: Group[]; sitemaps: string[] } {
  const groups: Group[] = [];
  const sitemaps: string[] = [];
  let group: Group | undefined;
  let hasRules = false;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n?|\n/)) {
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*:\s*(.*?)\s*(?:#.*)?$/.exec(line) ?? [];
    switch (key.toLowerCase()) {
      case 'user-agent':
        if (group === undefined || hasRules) {
          group = { agents: [], rules: [], crawlDelaySeconds: undefined };
          groups.push(group);
          hasRules = false;
        }
        // A version after the product token is a common mistake that can only mean the product.
        group.agents.push(value.toLowerCase().replace(/[/\s].*$/, ''));
        break;
      case 'allow':
      case 'disallow':
        hasRules = true;
        // An empty pattern matches nothing: "Disallow:" allows all.
        if (value !== '') group?.rules.push(compile(value, key.toLowerCase() === 'allow'));
        break;
      case 'crawl-delay':
        if (group !== undefined && /^\d+(?:\.\d+)?$/.test(value)) group.crawlDelaySeconds = Number(value);
        break;
      case 'sitemap':
        sitemaps.push(value);
        break;
      default:
        // Other records must not interfere with these (section 2.2.4).
        break;
    }
  }
  return { groups, sitemaps };
}

function compile(pattern: string, allow: boolean): Rule {
  const isAnchored = pattern.endsWith('$');
  const normalized = normalize(isAnchored ? pattern.slice(0, -1) : pattern);
  const parts = normalized.split(/\*+/);
  return { allow, length: Buffer.byteLength(pattern), matches: (path) => matchParts(path, parts, isAnchored) };
}

/** Matches literal parts with anything between them, in one pass from left to right; no pattern makes it slow. */
function matchParts(path: string, parts: readonly string[], isAnchored: boolean): boolean {
  const [first, ...rest] = parts;
  if (!path.startsWith(first!)) return false;
  if (rest.length === 0) return !isAnchored || path.length === first!.length;
  let position = first!.length;
  const last = rest.pop()!;
  for (const part of rest) {
    const found = path.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return isAnchored ? path.length - last.length >= position && path.endsWith(last) : path.includes(last, position);
}

/** Octets outside ASCII and reserved characters compare percent-encoded, unreserved ones plain (RFC 9309 section 2.2.2). */
function normalize(path: string): string {
  // eslint-disable-next-line no-control-regex -- all of ASCII stays
  const encoded = path.replaceAll(/[^\x00-\x7F]+/g, (text) => encodeURIComponent(text));
  return encoded.replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}

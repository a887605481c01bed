import { FetchFailure } from '../fetch/failure.ts';
import type { FailureOutcome } from '../fetch/failure.ts';
import type { SharedHosts } from '../network/shared-hosts.ts';
import { RobotsRules } from './robots-rules.ts';

/** RFC 9309 section 2.5: at least this much has to be read. */
export const MAX_ROBOTS_BYTES = 500 * 1024;
/** Section 2.4: not longer than 24 hours. */
const TIME_TO_LIVE_MILLIS = 24 * 3_600_000;
/** A site that was unreachable is asked again earlier. */
const UNREACHABLE_TIME_TO_LIVE_MILLIS = 600_000;
const MAX_ORIGINS = 10_000;

/** What came of asking for a robots.txt. */
export type RobotsAnswer = { status: number; body: Buffer } | FetchFailure;

export interface RobotsVerdict {
  allowed: boolean;
  /** What to say of a URL that isn't allowed. */
  outcome: FailureOutcome;
  detail: string;
  crawlDelaySeconds: number | undefined;
  sitemaps: readonly string[];
}

interface Known {
  expiresAt: number;
  judge: (url: URL) => RobotsVerdict;
}

export interface RobotsCacheOptions {
  product: string;
  fetch: (url: URL, order: number) => Promise<RobotsAnswer>;
  /** What other machines were told. */
  shared?: Pick<SharedHosts, 'robots' | 'keepRobots'>;
  now?: () => number;
}

/** The robots.txt of every origin, asked for once a day (RFC 9309). */
export class RobotsCache {
  readonly #known = new Map<string, Promise<Known>>();
  readonly #options: RobotsCacheOptions & { now: () => number };

  constructor(options: RobotsCacheOptions) {
    this.#options = { now: () => performance.now(), ...options };
  }

  async verdict(url: URL, order: number): Promise<RobotsVerdict> {
    let known = this.#known.get(url.origin);
    if (known !== undefined && (await known).expiresAt <= this.#options.now()) {
      // Whoever comes first after the time asks; those who waited with it find the new one.
      if (this.#known.get(url.origin) === known) this.#known.delete(url.origin);
      known = this.#known.get(url.origin);
    }
    if (known === undefined) {
      known = this.#ask(url.origin, order);
      this.#known.set(url.origin, known);
      if (this.#known.size > MAX_ORIGINS) this.#known.delete(this.#known.keys().next().value!);
    }
    return (await known).judge(url);
  }

  async #ask(origin: string, order: number): Promise<Known> {
    const { shared, fetch } = this.#options;
    const told = (await shared?.robots(origin)) ?? null;
    const answer = told ?? (await fetch(new URL('/robots.txt', origin), order));
    if (told === null && !(answer instanceof FetchFailure)) await shared?.keepRobots(origin, answer, TIME_TO_LIVE_MILLIS);
    const judge = judgement(answer, this.#options.product);
    const timeToLive = answer instanceof FetchFailure ? UNREACHABLE_TIME_TO_LIVE_MILLIS : TIME_TO_LIVE_MILLIS;
    return { judge, expiresAt: this.#options.now() + timeToLive };
  }
}

function judgement(answer: RobotsAnswer, product: string): (url: URL) => RobotsVerdict {
  const always = (allowed: boolean, outcome: FailureOutcome, detail: string): (() => RobotsVerdict) => {
    const verdict = { allowed, outcome, detail, crawlDelaySeconds: undefined, sitemaps: [] };
    return () => verdict;
  };
  if (answer instanceof FetchFailure) {
    switch (answer.outcome) {
      case 'redirect-loop':
        // Section 2.3.1.2: more than five redirects mean that there is none.
        return always(true, 'robots', '');
      case 'http-5xx':
      case 'rate-limited':
      case 'too-slow':
      case 'decode':
        return always(false, 'robots', `robots.txt can't be read (${answer.outcome}), which forbids all`);
      default:
        // A host that doesn't even answer this has nothing to say about its rules: the row names the true cause.
        return always(false, answer.outcome, answer.message);
    }
  }
  if (answer.status >= 400) return always(true, 'robots', '');
  const rules = new RobotsRules(wholeLines(answer.body), product);
  const { crawlDelaySeconds, sitemaps } = rules;
  return (url) => ({
    allowed: rules.allows(url),
    outcome: 'robots',
    detail: 'robots.txt forbids it',
    crawlDelaySeconds,
    sitemaps,
  });
}

/** Half a line of a file that was cut would forbid more, or less, than it meant. */
function wholeLines(body: Buffer): string {
  if (body.length < MAX_ROBOTS_BYTES) return body.toString();
  return body.subarray(0, body.lastIndexOf('\n', MAX_ROBOTS_BYTES - 1) + 1).toString();
}

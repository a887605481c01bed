import type { Pair } from '@wenlan/shards';
import type { Sample } from '../clean-summary.ts';
import { thumbnail } from '../image/thumbnail.ts';
import type { DecodeLimits } from '../image/decode-picture.ts';
import type { MeasuredRow } from '../measure/measure-row.ts';
import type { SampleDraw, SampleRequest } from './samples.ts';

/** Fills in the samples that were drawn while the rows that they show pass by. */
export class SampleCollector {
  readonly #kept: SampleRequest[];
  readonly #byRule: [string, SampleRequest[]][];
  readonly #wanted = new Set<number>();
  readonly #found = new Map<SampleRequest, Sample>();

  constructor(draw: SampleDraw) {
    this.#kept = draw.kept;
    this.#byRule = [...draw.byRule];
    for (const { row } of this.#requests()) this.#wanted.add(row);
  }

  wants(row: number): boolean {
    return this.#wanted.has(row);
  }

  async collect(index: number, row: Pair, measured: MeasuredRow, limits: DecodeLimits): Promise<void> {
    const picture = await thumbnail(row.image, limits);
    for (const request of this.#requests()) {
      if (request.row !== index) continue;
      const text = request.text ?? 0;
      const cleaned = measured.texts[text]?.text ?? '';
      this.#found.set(request, {
        id: row.id,
        source: row.source,
        imageUrl: row.imageUrl,
        text: row.texts[text]?.text ?? '',
        cleaned: cleaned === '' ? null : cleaned,
        score: request.score,
        thumbnail: picture,
      });
    }
  }

  /** @param rules names in the order of the recipe */
  result(rules: readonly string[]): { kept: Sample[]; byRule: Record<string, Sample[]> } {
    const fill = (requests: readonly SampleRequest[]): Sample[] => requests.map((request) => this.#found.get(request)!);
    const byRule = new Map(this.#byRule);
    return {
      kept: fill(this.#kept),
      byRule: Object.fromEntries(rules.flatMap((rule) => (byRule.has(rule) ? [[rule, fill(byRule.get(rule)!)]] : []))),
    };
  }

  *#requests(): Generator<SampleRequest, void, undefined> {
    yield* this.#kept;
    for (const [, requests] of this.#byRule) yield* requests;
  }
}

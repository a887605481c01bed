import type { Sample } from '../clean-summary.ts';
import { blurBoxes } from '../image/blur-boxes.ts';
import { inputOptions } from '../image/decode-picture.ts';
import { thumbnail } from '../image/thumbnail.ts';
import { keptTexts } from '../measure/judge.ts';
import type { MeasuredRow } from '../measure/measure-row.ts';
import type { CompiledRecipe } from '../recipe/compile-recipe.ts';
import type { SampleDraw, SampleRequest } from './samples.ts';

interface PictureOptions {
  maxPixels: number;
  /** Samples show no face that the dataset doesn't. */
  blursFaces: boolean;
}

/** Fills in the samples that were drawn while the rows that they show pass by. */
export class SampleCollector {
  readonly #kept: SampleRequest[];
  readonly #byRule: [string, SampleRequest[]][];
  readonly #near: [string, SampleRequest[]][];
  readonly #byRow = new Map<number, { request: SampleRequest; rule: string | null }[]>();
  readonly #found = new Map<SampleRequest, Sample>();
  /** Rows that are shown beside a sample. */
  readonly #beside = new Map<number, string | null>();
  readonly #recipe: CompiledRecipe;

  constructor(draw: SampleDraw, recipe: CompiledRecipe) {
    this.#recipe = recipe;
    this.#kept = draw.kept;
    this.#byRule = [...draw.byRule];
    this.#near = [...draw.near];
    const want = (request: SampleRequest, rule: string | null): void => {
      const known = this.#byRow.get(request.row);
      if (request.beside !== undefined) this.#beside.set(request.beside, null);
      if (known === undefined) this.#byRow.set(request.row, [{ request, rule }]);
      else known.push({ request, rule });
    };
    for (const request of this.#kept) want(request, null);
    for (const [rule, requests] of [...this.#byRule, ...this.#near]) for (const request of requests) want(request, rule);
  }

  wants(row: number): boolean {
    return this.#byRow.has(row) || this.#beside.has(row);
  }

  /** @param image null where it is not at hand: the samples then have no thumbnails */
  async collect(index: number, image: Uint8Array | null, measured: MeasuredRow, options: PictureOptions): Promise<void> {
    const picture = await this.#thumbnail(image, measured, options);
    // A pair is shown with a text that it was judged with, not with a file name that the text rules took.
    const firstKept = keptTexts(measured.texts, this.#recipe.forSource(measured.source))[0] ?? 0;
    if (this.#beside.has(index)) this.#beside.set(index, picture);
    for (const { request, rule } of this.#byRow.get(index) ?? []) {
      const text = request.text ?? firstKept;
      const found = measured.found[text]?.text ?? '';
      const cleaned = measured.texts[text]?.text ?? '';
      this.#found.set(request, {
        id: measured.id,
        source: measured.source,
        imageUrl: measured.imageUrl,
        text: found,
        cleaned: cleaned === '' ? null : cleaned,
        change: rule === null ? null : this.#changeBy(rule, measured, text),
        score: request.score,
        thumbnail: picture,
      });
    }
  }

  /** @param rules names in the order of the recipe */
  result(rules: readonly string[]): { kept: Sample[]; byRule: Record<string, Sample[]>; near: Record<string, Sample[]> } {
    const fill = (requests: readonly SampleRequest[]): Sample[] =>
      requests.map((request) => {
        const beside = request.beside === undefined ? null : this.#beside.get(request.beside);
        return { ...this.#found.get(request)!, ...(typeof beside === 'string' ? { beside } : {}) };
      });
    const inOrder = (samples: [string, SampleRequest[]][]): Record<string, Sample[]> => {
      const byRule = new Map(samples);
      return Object.fromEntries(rules.flatMap((rule) => (byRule.has(rule) ? [[rule, fill(byRule.get(rule)!)]] : [])));
    };
    return { kept: fill(this.#kept), byRule: inOrder(this.#byRule), near: inOrder(this.#near) };
  }

  async #thumbnail(image: Uint8Array | null, { picture }: MeasuredRow, options: PictureOptions): Promise<string | null> {
    if (image === null) return null;
    const faces = options.blursFaces ? (picture?.faces ?? []) : [];
    return thumbnail(faces.length === 0 ? image : await blurBoxes(image, faces, inputOptions(options)), options);
  }

  /** What a rewriting rule made of the text as the rules before it had left it; null for other rules. */
  #changeBy(name: string, { source, found }: MeasuredRow, index: number): [string, string] | null {
    const { rewrite } = this.#recipe.forSource(source);
    const step = rewrite.find(({ rule }) => rule.name === name);
    const entry = found[index];
    if (step === undefined || entry === undefined) return null;
    let { text } = entry;
    // A rule may find its work only once those after it have done theirs.
    for (let pass = 0; pass < 2; pass += 1) {
      for (const { rule, options } of rewrite) {
        const after = rule.rewrite(text, options, { source, kind: entry.kind }).text;
        if (rule.name === name && after !== text) return [text, after];
        text = after;
      }
    }
    return null;
  }
}

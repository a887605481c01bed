import { UserError } from '../user-error.ts';

/** A downstream data set as every task takes it. */
export interface DownstreamTask {
  readonly name: string;
  /** Of each picture, how its bytes are found. */
  readonly images: readonly ImageRef[];
  /** Queries and gallery of texts. */
  readonly texts: readonly string[];
  /** For each text the rows of its pictures. */
  readonly truth: readonly (readonly number[])[];
  /** What was taken as texts, in a sentence for the conditions. */
  readonly captionPolicy: string;
  /** Which directions the benchmark is defined for. */
  readonly directions: readonly ('i2t' | 't2i')[];
}

/** A picture in a file, or in a TSV line as base64. */
export type ImageRef = { readonly file: string } | { readonly base64: string };

/** Says what was wanted where a layout is another one. */
export function wrongLayout(task: string, found: string, wanted: string): never {
  throw new UserError('DATASET_LAYOUT', `${found}; the layout of ${task} is ${wanted}`);
}

/** Collects pictures by key and texts with the keys of their pictures. */
export class TaskBuilder {
  private readonly rows = new Map<string, number>();
  private readonly images: ImageRef[] = [];
  private readonly texts: string[] = [];
  private readonly truth: number[][] = [];

  get size(): number {
    return this.texts.length;
  }

  /** The row of a picture; the same key is the same picture. */
  image(key: string, ref: ImageRef): number {
    const found = this.rows.get(key);
    if (found !== undefined) return found;
    this.rows.set(key, this.images.length);
    this.images.push(ref);
    return this.images.length - 1;
  }

  rowOf(key: string): number | undefined {
    return this.rows.get(key);
  }

  text(text: string, images: readonly number[]): void {
    this.texts.push(text);
    this.truth.push([...new Set(images)]);
  }

  build(name: string, captionPolicy: string, directions: DownstreamTask['directions'] = ['i2t', 't2i']): DownstreamTask {
    const { images, texts, truth } = this;
    return {
      name,
      images,
      texts,
      truth,
      directions,
      captionPolicy: `${captionPolicy} (${images.length} pictures, ${texts.length} texts)`,
    };
  }
}

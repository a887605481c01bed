/** A dataset that can be looked at. */
export interface DatasetOption {
  /** In addresses and on the page; no two datasets share one. */
  readonly name: string;
  /** Folder or `s3://` location. */
  readonly location: string;
}

/** One line of a run's log: figures by name, `step` among them. */
export type MetricPoint = Readonly<Record<string, number>>;

/** A training run whose curves are shown, also while it trains. */
export interface RunOption {
  readonly name: string;
  /** Reads the log as it is now. */
  readMetrics(): Promise<readonly MetricPoint[]>;
  /** Steps at which the run would go on after a stop, ascending. */
  readResumePoints(): Promise<readonly number[]>;
}

/** A figure with its interval, where it has one. */
export interface Figure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Figures side by side: a line a run or a system, a column a figure. */
export interface FigureTable {
  readonly title: string;
  readonly columns: readonly string[];
  /** By column; a line may lack some. */
  readonly lines: readonly { readonly name: string; readonly figures: Readonly<Record<string, Figure>> }[];
  /** What one must know to compare the figures, by name. */
  readonly notes: Readonly<Record<string, string>>;
}

/** What a query found in a collection. */
export interface SearchMatch {
  /** Cosine. */
  readonly score: number;
  readonly text: string;
  /** Of a dataset's picture: the pair's id in `dataset`. */
  readonly dataset?: string;
  readonly id?: string;
  /** Of a song, whose `text` is a line of it. */
  readonly title?: string;
  readonly artist?: string;
}

/** What is searched: the pictures of a dataset, its captions, the lines of a file, songs. */
export interface Collection {
  readonly name: string;
  readonly kind: 'pictures' | 'sentences' | 'songs';
  readonly size: number;
  /**
   * The rows of highest cosine, best first.
   * @param vector L2-normed [dim]
   */
  search(vector: Float32Array, top: number): Promise<readonly SearchMatch[]>;
}

/** A model with what it searches in. */
export interface SearchOption {
  /** Name of the model. */
  readonly model: string;
  readonly dim: number;
  /** @returns L2-normed [dim] */
  encodeText(text: string): Promise<Float32Array>;
  /** @param pictures encoded, of any format that sharp decodes; @returns L2-normed rows, each [dim] */
  encodePictures(pictures: readonly Uint8Array[]): Promise<Float32Array[]>;
  readonly collections: readonly Collection[];
}

/** What other thresholds would make of a dataset that cleaning wrote. */
export interface CleaningPreview {
  readonly kept: number;
  /** Pairs in and out of each rule, over all sources. */
  readonly funnel: readonly { readonly rule: string; readonly in: number; readonly out: number }[];
  /** Ids of pairs that a rule drops, a seeded sample of them. */
  readonly dropped: Readonly<Record<string, readonly string[]>>;
}

/** A rule's options as the recipe has them. */
export interface RuleOptions {
  readonly rule: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What it measured: lower edges and counts. */
  readonly bins: readonly (readonly [number, number])[];
}

/** Of a dataset that cleaning wrote: its rules, and what becomes of it under other thresholds. */
export interface CleaningOption {
  /** The {@link DatasetOption} that it is of. */
  readonly dataset: string;
  /** Every rule of the recipe, with what it measured. */
  rules(): Promise<readonly RuleOptions[]>;
  /**
   * What these options would keep and drop.
   * @param changes what isn't named stays as it is
   */
  preview(changes: RuleChanges): Promise<CleaningPreview>;
  /** The recipe with these changes, as YAML. */
  recipe(changes: RuleChanges): Promise<string>;
}

/** Options that differ from the recipe, by rule. */
export type RuleChanges = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a studio shows, and to whom. */
export interface StudioOptions {
  readonly datasets: readonly DatasetOption[];
  readonly runs?: readonly RunOption[];
  /** Reads the tables of figures as they are now. */
  readonly readTables?: () => Promise<readonly FigureTable[]>;
  readonly cleaning?: readonly CleaningOption[];
  readonly search?: SearchOption;
  /** Where indexes of datasets are kept between two starts. */
  readonly cacheFolder: string;
  /** 127.0.0.1 by default; any other wants a token. */
  readonly host?: string;
  /** 0, a free one, by default. */
  readonly port?: number;
  /** That every request has to bring, as `Authorization: Bearer TOKEN` or once as `?token=TOKEN`. */
  readonly token?: string;
  /** Searches and encodings that one client may ask for in a minute. 120 by default. */
  readonly requestsPerMinute?: number;
  /** Told while datasets are indexed. */
  readonly onProgress?: (progress: { dataset: string; rowsDone: number }) => void;
  readonly signal?: AbortSignal;
}

/** What a benchmark file exports as `benchmark`: the same work for each side, ours first. */
export interface Benchmark {
  /** What is timed, as the heading of its page. */
  readonly title: string;
  /** What a rate counts: `images`, `rows`, `samples`. */
  readonly unit: string;
  /** Packages of the peers with exact versions, as pip takes them; one environment a list. */
  readonly requirements: readonly string[];
  /** How the two were kept comparable, and what the reader must know; Markdown. */
  readonly notes: string;
  /** What the ratio of the first side to the others is to reach, where something is to be reached. */
  readonly target?: number;
  /** Counted runs of each side; 5 unless a run takes minutes. */
  readonly repeats?: number;
  /** Every run warms up by itself, in its own process, so that none has to come before the counted ones. */
  readonly warmsUpInside?: boolean;
  /** The same `output` is wanted of all sides. */
  readonly equalOutputs?: boolean;
  /** Makes the files or starts the servers that all sides use. */
  prepare(context: BenchContext): Promise<Prepared>;
}

export interface BenchContext {
  /** An empty folder, removed at the end. */
  readonly folder: string;
  /** The interpreter that has the benchmark's requirements. */
  readonly python: string;
}

export interface Prepared {
  readonly sides: readonly Side[];
  close?(): Promise<void>;
}

/** One process a run; its last line on standard output is a `Measurement` in JSON. */
export interface Side {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

import { Presets, SingleBar } from 'cli-progress';

/** How far a stage has come; `total` is left out where nobody knows it yet. */
export interface Progress {
  stage: string;
  done: number;
  total?: number;
  /** What is counted: pages, pairs, steps. */
  unit: string;
  /** A few words or figures that change, such as the loss. */
  detail?: string;
}

/** Where progress and notes go. Results never come here: they belong to standard output. */
export interface Reporter {
  progress(progress: Progress): void;
  note(sentence: string): void;
  /** Ends the bar or line in flight. */
  settle(): void;
}

export type LogFormat = 'auto' | 'json';

interface ReporterStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

const LINE_EVERY_MILLIS = 5_000;

/** Bars on a terminal, a line every five seconds in a pipe, JSON lines on demand. */
export function createReporter(stream: ReporterStream, format: LogFormat, clock: () => number): Reporter {
  if (format === 'json') return jsonReporter(stream);
  return stream.isTTY === true ? barReporter(stream) : lineReporter(stream, clock);
}

function jsonReporter(stream: ReporterStream): Reporter {
  return {
    progress: (progress) => void stream.write(`${JSON.stringify({ event: 'progress', ...progress })}\n`),
    note: (sentence) => void stream.write(`${JSON.stringify({ event: 'note', sentence })}\n`),
    settle: () => {},
  };
}

function lineReporter(stream: ReporterStream, clock: () => number): Reporter {
  let stage = '';
  let lastMillis = 0;
  let pending: Progress | undefined;
  const print = (progress: Progress): void => {
    const { done, total, unit, detail } = progress;
    const counted = total === undefined ? `${done} ${unit}` : `${done}/${total} ${unit}`;
    stream.write(`${progress.stage}: ${counted}${detail === undefined ? '' : `, ${detail}`}\n`);
    pending = undefined;
    lastMillis = clock();
  };
  return {
    progress(progress) {
      if (progress.stage !== stage && pending !== undefined) print(pending);
      pending = progress;
      if (progress.stage !== stage || clock() - lastMillis >= LINE_EVERY_MILLIS || progress.done === progress.total)
        print(progress);
      stage = progress.stage;
    },
    note: (sentence) => void stream.write(`${sentence}\n`),
    settle() {
      if (pending !== undefined) print(pending);
      stage = '';
    },
  };
}

function barReporter(stream: ReporterStream): Reporter {
  let bar: SingleBar | undefined;
  let stage = '';
  const settle = (): void => {
    bar?.stop();
    bar = undefined;
    stage = '';
  };
  return {
    progress(progress) {
      if (progress.stage !== stage) {
        settle();
        stage = progress.stage;
        bar = new SingleBar(
          {
            stream: stream as NodeJS.WritableStream,
            format: '{stage} {bar} {value}/{total} {unit} {detail}',
            etaBuffer: 50,
            hideCursor: true,
            clearOnComplete: false,
          },
          Presets.shades_classic,
        );
        bar.start(progress.total ?? 0, 0, payloadOf(progress));
      }
      bar?.setTotal(progress.total ?? progress.done);
      bar?.update(progress.done, payloadOf(progress));
    },
    note(sentence) {
      settle();
      stream.write(`${sentence}\n`);
    },
    settle,
  };
}

const payloadOf = ({ stage, unit, detail }: Progress): object => ({ stage: stage.padEnd(8), unit, detail: detail ?? '' });

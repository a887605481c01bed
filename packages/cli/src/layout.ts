import { join } from 'node:path';

/** Where everything of one config lies below its `out` folder. */
export interface Layout {
  raw: string;
  clean: string;
  run: string;
  /** What the run cost, over all the invocations that it needed. */
  measurements: string;
  report: string;
}

export function layoutOf(out: string): Layout {
  return {
    raw: join(out, 'raw'),
    clean: join(out, 'clean'),
    run: join(out, 'runs', 'brivl'),
    measurements: join(out, 'measurements.json'),
    report: join(out, 'report', 'index.html'),
  };
}

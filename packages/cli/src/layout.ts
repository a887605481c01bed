import { join } from 'node:path';

/** Where everything of one config lies below its `out` folder. */
export interface Layout {
  raw: string;
  clean: string;
  run: string;
  /** Seconds that each stage took, over all the runs that it needed. */
  times: string;
  report: string;
}

export function layoutOf(out: string): Layout {
  return {
    raw: join(out, 'raw'),
    clean: join(out, 'clean'),
    run: join(out, 'runs', 'brivl'),
    times: join(out, 'times.json'),
    report: join(out, 'report', 'index.html'),
  };
}

import { z } from 'zod';

/** What a side's process prints as its last line: the work done, and the seconds it took without start-up and warm-up. */
export const measurementSchema = z.strictObject({
  items: z.number().positive(),
  seconds: z.number().positive(),
  /** A digest or figure that all sides of a benchmark can be compared by. */
  output: z.string().optional(),
  /** Whatever else is worth a column: PSNR, success rate, memory at a row. */
  figures: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});

export type Measurement = z.infer<typeof measurementSchema>;

/** The measurement in what a process printed, or a sentence about what stands there instead. */
export function parseMeasurement(side: string, stdout: string): Measurement {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return measurementSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new Error(`${side} printed no measurement as its last line but ${JSON.stringify(line.slice(0, 200))}.`, {
      cause: error,
    });
  }
}

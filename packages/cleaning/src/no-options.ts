import { z } from 'zod';

/** Of a rule without thresholds. */
export type NoOptions = Record<string, never>;

export const noOptions: z.ZodType<NoOptions> = z.strictObject({});

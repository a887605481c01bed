import type { Context } from 'hono';
import type { z } from 'zod';
import { filterSchema } from './catalog/filter.ts';
import type { Filter } from './catalog/filter.ts';
import { Problem } from './problem.ts';

/** The body of a request as a schema has it. @throws Problem BODY_INVALID naming the key */
export async function readBody<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await context.req.json().catch((error: Error) => {
    throw new Problem(400, 'BODY_INVALID', `The body is no JSON (${error.message}); send one object.`, { cause: error });
  });
  return parsed(schema, body, 'BODY_INVALID', 'The body');
}

/** The query of a request. @throws Problem QUERY_INVALID naming the key */
export function readQuery<Schema extends z.ZodType>(context: Context, schema: Schema): z.output<Schema> {
  const { token: _, ...query } = context.req.query();
  return parsed(schema, query, 'QUERY_INVALID', 'The query');
}

/** A filter as the query carries it. @throws Problem FILTER_INVALID */
export function readFilter(text: string): Filter {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem(400, 'FILTER_INVALID', `The filter is no JSON (${(error as Error).message}).`, { cause: error });
  }
  return parsed(filterSchema, value, 'FILTER_INVALID', 'The filter');
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, code: string, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new Problem(400, code, `${what} is refused at ${path.length === 0 ? 'its top' : path.join('.')}: ${message}.`);
}

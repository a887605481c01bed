import { Hono } from 'hono';
import { Problem } from '../problem.ts';
import { readBody } from '../read-request.ts';
import { changesBody } from '../schemas.ts';
import type { CleaningOption } from '../studio-options.ts';

/** The rules of a cleaning, and what other thresholds would make of it. */
export function cleaningRoutes(cleanings: readonly CleaningOption[]): Hono {
  const cleaningOf = (name: string): CleaningOption => {
    const cleaning = cleanings.find(({ dataset }) => dataset === name);
    if (cleaning === undefined)
      throw new Problem(404, 'CLEANING_UNKNOWN', `The dataset ${name} was not written by \`wenlan clean\`, or is not served.`);
    return cleaning;
  };
  /** A threshold of the wrong type and the like is the client's mistake. */
  const refusing = async <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((error: Error) => {
      throw new Problem(400, 'CHANGES_REFUSED', error.message, { cause: error });
    });

  return new Hono()
    .get('/:dataset', async (context) => context.json({ rules: await cleaningOf(context.req.param('dataset')).rules() }))
    .post('/:dataset/preview', async (context) => {
      const cleaning = cleaningOf(context.req.param('dataset'));
      const { changes } = await readBody(context, changesBody);
      return context.json(await refusing(cleaning.preview(changes)));
    })
    .post('/:dataset/recipe', async (context) => {
      const cleaning = cleaningOf(context.req.param('dataset'));
      const { changes } = await readBody(context, changesBody);
      return context.body(await refusing(cleaning.recipe(changes)), 200, {
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': 'attachment; filename="recipe.yaml"',
      });
    });
}

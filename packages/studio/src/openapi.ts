import { z } from 'zod';
import { changesBody, countsQuery, encodeBody, filterDocument, heatmapBody, pairsQuery, searchBody } from './schemas.ts';

type Parameter = 'dataset' | 'position' | 'run';

const PARAMETERS: Readonly<Record<Parameter, object>> = {
  dataset: { name: 'dataset', in: 'path', required: true, schema: { type: 'string' } },
  position: { name: 'position', in: 'path', required: true, schema: { type: 'integer', minimum: 0 } },
  run: { name: 'run', in: 'path', required: true, schema: { type: 'string' } },
};

const problem = {
  description: 'What is wrong, in a sentence (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

interface Operation {
  summary: string;
  parameters?: Parameter[];
  query?: z.ZodType;
  body?: z.ZodType;
  answer?: string;
}

function operation({ summary, parameters = [], query, body, answer = 'application/json' }: Operation): object {
  const queryParameters = Object.entries(query === undefined ? {} : (jsonSchema(query).properties ?? {})).map(
    ([name, schema]) => ({
      name,
      in: 'query',
      schema,
    }),
  );
  return {
    summary,
    parameters: [...parameters.map((name) => PARAMETERS[name]), ...queryParameters],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: { 200: { description: 'Done.', content: { [answer]: {} } }, default: problem },
  };
}

const jsonSchema = (schema: z.ZodType): z.core.JSONSchema.BaseSchema => {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io: 'input' });
  return document;
};

/** What the studio answers, as an OpenAPI 3.1 document; bodies are described by the schemas that check them. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.0',
    info: { title: 'WenLan studio', version: '1', description: 'Look at datasets, cleaning and runs; search both ways.' },
    paths: {
      '/api/studio': { get: operation({ summary: 'Datasets, runs, cleanings and collections that are served.' }) },
      '/api/datasets/{dataset}/pairs': {
        get: operation({ summary: 'A page of pairs.', parameters: ['dataset'], query: pairsQuery }),
      },
      '/api/datasets/{dataset}/counts': {
        get: operation({ summary: 'Counts by value, and histograms.', parameters: ['dataset'], query: countsQuery }),
      },
      '/api/datasets/{dataset}/pairs/{position}': {
        get: operation({ summary: 'All that is known of a pair.', parameters: ['dataset', 'position'] }),
      },
      '/api/datasets/{dataset}/pairs/{position}/picture': {
        get: operation({ summary: 'Its picture as a JPEG.', parameters: ['dataset', 'position'], answer: 'image/jpeg' }),
      },
      '/api/cleaning/{dataset}': { get: operation({ summary: 'Rules with their thresholds.', parameters: ['dataset'] }) },
      '/api/cleaning/{dataset}/preview': {
        post: operation({ summary: 'What other thresholds would keep.', parameters: ['dataset'], body: changesBody }),
      },
      '/api/cleaning/{dataset}/recipe': {
        post: operation({
          summary: 'The recipe with these.',
          parameters: ['dataset'],
          body: changesBody,
          answer: 'application/yaml',
        }),
      },
      '/api/runs/{run}/metrics': { get: operation({ summary: 'Curves of a training run.', parameters: ['run'] }) },
      '/api/tables': { get: operation({ summary: 'Figures of runs and comparisons side by side.' }) },
      '/api/search': { post: operation({ summary: 'Pictures by a sentence, or sentences by a picture.', body: searchBody }) },
      '/api/encode': { post: operation({ summary: 'L2-normed vectors.', body: encodeBody }) },
      '/api/heatmap': {
        post: operation({ summary: 'What the score loses where a cell of the picture is covered.', body: heatmapBody }),
      },
    },
    components: {
      schemas: {
        Filter: jsonSchema(filterDocument),
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string', description: 'Stable word for programs.' },
            status: { type: 'integer' },
            detail: { type: 'string', description: 'One sentence.' },
          },
        },
      },
    },
  };
}

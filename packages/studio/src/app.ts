import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { PairCatalog } from './catalog/pair-catalog.ts';
import { openApiDocument } from './openapi.ts';
import { Problem, sendProblem } from './problem.ts';
import { cleaningRoutes } from './routes/cleaning.ts';
import { datasetRoutes } from './routes/datasets.ts';
import { pageRoutes } from './routes/page.ts';
import { runRoutes } from './routes/runs.ts';
import { searchRoutes } from './routes/search.ts';
import { onlyOwner, secureHeaders } from './security.ts';
import type { StudioOptions } from './studio-options.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const REQUESTS_PER_MINUTE = 120;

/** All routes of the studio. */
export function createApp(options: StudioOptions, catalogs: ReadonlyMap<string, PairCatalog>): Hono {
  const { runs = [], cleaning = [], search, token, requestsPerMinute = REQUESTS_PER_MINUTE } = options;
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  const app = new Hono();
  app.use(secureHeaders);
  app.use(onlyOwner(token));
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new Problem(413, 'BODY_TOO_BIG', `The body is above ${MAX_BODY_BYTES} bytes; send a smaller picture.`);
      },
    }),
  );
  app.on('POST', ['/api/search', '/api/encode', '/api/heatmap'], async (context, next) => {
    await limiter.consume(getConnInfo(context).remote.address ?? '').catch((refused: unknown) => {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.ceil(refused.msBeforeNext / 1000);
      throw new Problem(429, 'TOO_MANY_REQUESTS', `More than ${requestsPerMinute} searches in a minute; wait ${seconds} s.`);
    });
    await next();
  });

  app.get('/api/studio', (context) =>
    context.json({
      datasets: [...catalogs.values()].map(({ name, manifest: { stage, totals }, numbers }) => ({
        name,
        stage,
        rows: totals.rows,
        columns: [...numbers].map(([column, [least, most]]) => ({ column, least, most })),
      })),
      runs: runs.map(({ name }) => name),
      cleaning: cleaning.map(({ dataset }) => dataset),
      search:
        search === undefined
          ? null
          : {
              model: search.model,
              dim: search.dim,
              collections: search.collections.map(({ name, kind, size }) => ({ name, kind, size })),
            },
    }),
  );
  app.get('/api/openapi.json', (context) => context.json(openApiDocument()));
  app.route('/api/datasets', datasetRoutes(catalogs));
  app.route('/api/cleaning', cleaningRoutes(cleaning));
  app.route('/api/runs', runRoutes(runs));
  app.get('/api/tables', async (context) => context.json({ tables: (await options.readTables?.()) ?? [] }));
  app.route('/api', searchRoutes(search, catalogs));
  app.route('/', pageRoutes());

  app.notFound((context) => sendProblem(context, new Problem(404, 'NOT_FOUND', `There is nothing at ${context.req.path}.`)));
  app.onError((error, context) =>
    sendProblem(context, error instanceof Problem ? error : new Problem(500, 'FAILED', `The studio failed: ${error.message}`)),
  );
  return app;
}

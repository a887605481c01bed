import { Hono } from 'hono';
import type { PairCatalog } from '../catalog/pair-catalog.ts';
import { withPictures } from '../catalog/pictures.ts';
import { thumbnail } from '../picture.ts';
import { Problem } from '../problem.ts';
import { readFilter, readQuery } from '../read-request.ts';
import { countsQuery, pairsQuery } from '../schemas.ts';

const THUMBNAIL_SIDE = 240;
const PAGE_SIDE = 1200;
/** Pairs of one cluster that are shown side by side. */
const MAX_CLUSTER = 40;

/** Looking at datasets: the grid, counts, single pairs and their pictures. */
export function datasetRoutes(catalogs: ReadonlyMap<string, PairCatalog>): Hono {
  const catalogOf = (name: string): PairCatalog => {
    const catalog = catalogs.get(name);
    if (catalog === undefined)
      throw new Problem(
        404,
        'DATASET_UNKNOWN',
        `There is no dataset ${name}; there are ${[...catalogs.keys()].join(', ') || 'none'}.`,
      );
    return catalog;
  };
  const positionOf = (text: string): number => {
    if (!/^\d{1,9}$/u.test(text)) throw new Problem(404, 'PAIR_UNKNOWN', `There is no pair at position ${text}.`);
    return Number(text);
  };

  return new Hono()
    .get('/:dataset/pairs', async (context) => {
      const catalog = catalogOf(context.req.param('dataset'));
      const query = readQuery(context, pairsQuery);
      const filter = readFilter(query.filter);
      const [total, pairs] = await refusing(() =>
        Promise.all([catalog.count(filter), catalog.page(filter, query.after, query.limit)]),
      );
      return context.json({ total, pairs: await withPictures(catalog, pairs, catalogs) });
    })
    .get('/:dataset/counts', async (context) => {
      const catalog = catalogOf(context.req.param('dataset'));
      const query = readQuery(context, countsQuery);
      const filter = readFilter(query.filter);
      const columns = query.columns.split(',').filter(Boolean);
      return context.json(await refusing(() => catalog.counts(filter, columns)));
    })
    .get('/:dataset/pairs/:position', async (context) => {
      const catalog = catalogOf(context.req.param('dataset'));
      const position = positionOf(context.req.param('position'));
      const found = await catalog.pair(position);
      if (found === null) throw new Problem(404, 'PAIR_UNKNOWN', `There is no pair at position ${position} of ${catalog.name}.`);
      const { image: _, sha256, phash, ...pair } = found.pair;
      const near = found.cluster === null ? [] : await catalog.page({ cluster: found.cluster }, -1, MAX_CLUSTER);
      const [own] = await catalog.page({}, position - 1, 1);
      const [pictured, ...others] = await withPictures(
        catalog,
        [own!, ...near.filter((other) => other.position !== position)],
        catalogs,
      );
      return context.json({
        ...pair,
        position,
        split: found.split,
        pictureBytes: found.pictureBytes,
        sha256: sha256 === null ? null : Buffer.from(sha256).toString('hex'),
        phash: phash === null ? null : phash.toString(16).padStart(16, '0'),
        picture: pictured!.picture,
        near: others,
      });
    })
    .get('/:dataset/pairs/:position/picture', async (context) => {
      const catalog = catalogOf(context.req.param('dataset'));
      const position = positionOf(context.req.param('position'));
      const bytes = await catalog.picture(position);
      if (bytes === null) throw new Problem(404, 'PICTURE_MISSING', `The pair at position ${position} has no picture.`);
      const side = context.req.query('size') === 'large' ? PAGE_SIDE : THUMBNAIL_SIDE;
      const jpeg = await thumbnail(bytes, side);
      return context.body(new Uint8Array(jpeg), 200, { 'content-type': 'image/jpeg', 'cache-control': 'private, max-age=3600' });
    });
}

/** A range of an unknown column is the client's mistake. */
async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(400, 'COLUMN_UNKNOWN', error.message, { cause: error });
    throw error;
  }
}

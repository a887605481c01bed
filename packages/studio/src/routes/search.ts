import { Hono } from 'hono';
import type { PairCatalog } from '../catalog/pair-catalog.ts';
import { withPictures } from '../catalog/pictures.ts';
import { occlusions } from '../picture.ts';
import { Problem } from '../problem.ts';
import { readBody } from '../read-request.ts';
import { encodeBody, heatmapBody, searchBody } from '../schemas.ts';
import type { SearchMatch, SearchOption } from '../studio-options.ts';

/** Of the picture that is covered cell by cell; the model squeezes it further. */
const OCCLUSION_SIDE = 224;
const OCCLUSION_GRID = 7;

/** Searching both ways, the vectors themselves, and where in a picture a sentence is found. */
export function searchRoutes(search: SearchOption | undefined, catalogs: ReadonlyMap<string, PairCatalog>): Hono {
  const model = (): SearchOption => {
    if (search === undefined)
      throw new Problem(404, 'NO_MODEL', 'No model is loaded; start the studio with --run RUN to search.');
    return search;
  };

  return new Hono()
    .post('/search', async (context) => {
      const { collection: name, text, picture, top } = await readBody(context, searchBody);
      const collection = model().collections.find((candidate) => candidate.name === name);
      if (collection === undefined)
        throw new Problem(
          404,
          'COLLECTION_UNKNOWN',
          `There is no collection ${name}; there are ${model()
            .collections.map((each) => each.name)
            .join(', ')}.`,
        );
      const vector = text === undefined ? await encodePicture(model(), picture!) : await model().encodeText(text);
      const matches = await collection.search(vector, top);
      return context.json({
        model: model().model,
        collection: name,
        matches: await withPairs(matches, catalogs),
      });
    })
    .post('/encode', async (context) => {
      const { texts, pictures } = await readBody(context, encodeBody);
      const vectors = await Promise.all(texts.map((text) => model().encodeText(text)));
      const ofPictures = pictures.length === 0 ? [] : await encodePictures(model(), pictures.map(decodeBase64));
      return context.json({
        model: model().model,
        dim: model().dim,
        texts: vectors.map((vector) => [...vector]),
        pictures: ofPictures.map((vector) => [...vector]),
      });
    })
    .post('/heatmap', async (context) => {
      const { text, picture } = await readBody(context, heatmapBody);
      const [vector, pictures] = await Promise.all([
        model().encodeText(text),
        occlusions(decodeBase64(picture), OCCLUSION_SIDE, OCCLUSION_GRID),
      ]);
      const [whole, ...covered] = (await encodePictures(model(), pictures)).map((each) => dot(each, vector));
      return context.json({ grid: OCCLUSION_GRID, score: whole, losses: covered.map((score) => whole! - score) });
    });
}

const decodeBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

async function encodePicture(model: SearchOption, picture: string): Promise<Float32Array> {
  const [vector] = await encodePictures(model, [decodeBase64(picture)]);
  return vector!;
}

async function encodePictures(model: SearchOption, pictures: readonly Uint8Array[]): Promise<Float32Array[]> {
  return model.encodePictures(pictures).catch((error: Error) => {
    throw new Problem(422, 'PICTURE_DAMAGED', `The picture doesn't decode (${error.message}); give another one.`, {
      cause: error,
    });
  });
}

/** Each match with the pair that it is of, where its dataset is served. */
async function withPairs(matches: readonly SearchMatch[], catalogs: ReadonlyMap<string, PairCatalog>): Promise<object[]> {
  const described: object[] = matches.map(({ dataset: _, id: __, ...match }) => match);
  for (const [dataset, catalog] of catalogs) {
    const wanted = [...matches.entries()].flatMap(([index, match]) =>
      match.dataset === dataset && match.id !== undefined ? [{ index, id: match.id }] : [],
    );
    const cards = await catalog.cards(wanted.map(({ id }) => id));
    const found = wanted.filter(({ id }) => cards.has(id));
    const pairs = await withPictures(
      catalog,
      found.map(({ id }) => cards.get(id)!),
      catalogs,
    );
    for (const [order, { index }] of found.entries()) described[index] = { ...described[index], dataset, pair: pairs[order] };
  }
  return described;
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (const [index, value] of left.entries()) sum += value * right[index]!;
  return sum;
}

import type { Outcome, Pair } from '@wenlan/shards';
import { reservationOfHeaders } from '../consent/opt-out.ts';
import type { Reservation } from '../consent/opt-out.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import { validatorOf } from '../refresh/validator.ts';
import type { Validator } from '../refresh/validator.ts';
import { readPicture } from './read-picture.ts';
import type { PictureFacts } from './read-picture.ts';
import { resizePicture } from './resize-picture.ts';
import type { ResizeOptions } from './resize-picture.ts';

export interface PictureRequest {
  url: URL;
  referer: string | null;
  order: number;
}

/** What became of a picture's URL. */
export interface FetchedPicture {
  outcome: Outcome;
  /** For people; null for `ok`. */
  detail: string | null;
  /** As sent, unless they are to be fitted to a size; null unless `ok`. */
  bytes: Buffer | null;
  mime: string | null;
  width: number | null;
  height: number | null;
  sha256: Uint8Array | null;
  robots: string | null;
  reservation: Reservation;
  fetchedAt: number;
  validator: Validator | null;
}

export interface PictureFetcherOptions {
  fetcher: Fetcher;
  maxBytes: number;
  maxPixels: number;
  resize: ResizeOptions | null;
  product: string;
  clock: () => number;
  /** What an earlier crawl has of it; null for nothing that can be asked for. */
  earlier?: (url: URL) => { validator: Validator; picture: Reservation; row: () => Promise<Pair | null> } | null;
}

/** Fetches a picture and reads its header. Never throws for what a server does. */
export async function fetchPicture(request: PictureRequest, options: PictureFetcherOptions): Promise<FetchedPicture> {
  const { fetcher, maxBytes, maxPixels, resize, product, clock } = options;
  const known = options.earlier?.(request.url) ?? null;
  const result = await fetcher.fetch({
    url: request.url,
    headers: { accept: 'image/*,*/*;q=0.5', ...(request.referer !== null && { referer: request.referer }) },
    maxBytes,
    order: request.order,
    validator: known?.validator ?? null,
    picture: { product, maxPixels },
  });
  if (result.outcome === 'not-modified') {
    const row = await known!.row();
    if (row === null) return fetchPicture(request, { ...options, earlier: () => null });
    const { mime, width, height, sha256, fetchedAt } = row;
    const facts = { mime, width, height, sha256, fetchedAt: fetchedAt ?? clock() };
    const said = { robots: result.robots, reservation: known!.picture, validator: known!.validator };
    return { outcome: 'ok', detail: null, bytes: Buffer.from(row.image!), ...facts, ...said };
  }
  const { robots, headers } = result;
  const reservation = reservationOfHeaders(headers, product);
  const fetchedAt = clock();
  if (result.outcome !== 'ok') return notTaken(result, null, { robots, reservation, fetchedAt });
  const picture = await fitPicture(result.body, result.picture!, resize);
  if (picture.outcome !== 'ok') return notTaken(picture, picture.mime, { robots, reservation, fetchedAt });
  const { outcome, bytes, mime, width, height, sha256 } = picture;
  const validator = validatorOf(headers);
  return { outcome, detail: null, bytes, mime, width, height, sha256, robots, reservation, fetchedAt, validator };
}

function notTaken(
  { outcome, detail }: { outcome: Outcome; detail: string },
  mime: string | null,
  said: Pick<FetchedPicture, 'robots' | 'reservation' | 'fetchedAt'>,
): FetchedPicture {
  const nothing = { validator: null, bytes: null, width: null, height: null, sha256: null };
  return { ...nothing, ...said, outcome, detail, mime };
}

type TakenPicture = (Extract<PictureFacts, { outcome: 'ok' }> & { bytes: Buffer }) | Exclude<PictureFacts, { outcome: 'ok' }>;

/** Reads a picture's header, and fits it to a size where that is asked for. */
export async function takePicture(bytes: Buffer, maxPixels: number, resize: ResizeOptions | null): Promise<TakenPicture> {
  return fitPicture(bytes, await readPicture(bytes, maxPixels), resize);
}

async function fitPicture(bytes: Buffer, facts: PictureFacts, resize: ResizeOptions | null): Promise<TakenPicture> {
  if (facts.outcome !== 'ok' || resize === null) return facts.outcome === 'ok' ? { ...facts, bytes } : facts;
  try {
    return { ...facts, bytes, ...(await resizePicture(bytes, facts, resize)) };
  } catch (error) {
    return { outcome: 'decode', mime: facts.mime, detail: (error as Error).message.replaceAll(/\s+/g, ' ').trim() };
  }
}

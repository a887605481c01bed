import type { Outcome } from '@wenlan/shards';
import { optOutReason, reservationOfHeaders } from '../consent/opt-out.ts';
import type { Reservation } from '../consent/opt-out.ts';
import { FetchFailure } from '../fetch/failure.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import { readPicture } from './read-picture.ts';

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
  /** As sent; null unless `ok`. */
  bytes: Buffer | null;
  mime: string | null;
  width: number | null;
  height: number | null;
  sha256: Uint8Array | null;
  robots: string | null;
  reservation: Reservation;
  fetchedAt: number;
}

export interface PictureFetcherOptions {
  fetcher: Fetcher;
  maxBytes: number;
  maxPixels: number;
  product: string;
  clock: () => number;
}

/** Fetches a picture and reads its header. Never throws for what a server does. */
export async function fetchPicture(request: PictureRequest, options: PictureFetcherOptions): Promise<FetchedPicture> {
  const { fetcher, maxBytes, maxPixels, product, clock } = options;
  const result = await fetcher.fetch({
    url: request.url,
    headers: { accept: 'image/*,*/*;q=0.5', ...(request.referer !== null && { referer: request.referer }) },
    maxBytes,
    order: request.order,
    screen: (headers) => {
      const reason = optOutReason(reservationOfHeaders(headers, product));
      return reason === null ? null : new FetchFailure('opt-out', reason);
    },
  });
  const base = { robots: result.robots, reservation: reservationOfHeaders(result.headers, product), fetchedAt: clock() };
  const nothing = { bytes: null, mime: null, width: null, height: null, sha256: null };
  if (result.outcome !== 'ok') return { ...nothing, ...base, outcome: result.outcome, detail: result.detail };
  const facts = await readPicture(result.body, maxPixels);
  if (facts.outcome !== 'ok') return { ...nothing, ...base, ...facts };
  return { ...base, ...facts, detail: null, bytes: result.body };
}

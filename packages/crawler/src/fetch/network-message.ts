import { codeOf, FetchFailure } from './failure.ts';
import type { FailureOutcome } from './failure.ts';
import type { PictureFacts } from '../picture/read-picture.ts';
import type { OneRequest, Response } from './request-once.ts';

/** Requests that a thread is to send. */
export type ToThread = { id: number; asked: OneRequest }[];

/** What a thread tells: that it has started, what became of requests, or that the resolver can't keep up. */
export type FromThread = 'ready' | { answers: (Responded | Failed)[] } | { overloadedBy: string };

export interface Responded {
  id: number;
  response: Omit<Response, 'body' | 'refusal' | 'picture'> & {
    body: ArrayBuffer;
    refusal: FailureNote | null;
    picture: PictureNote | null;
  };
}

export interface Failed {
  id: number;
  failure: FailureNote;
}

/** A picture's facts as they cross threads: a digest that is a string, a character a byte, needs no buffer of its own there. */
export type PictureNote =
  | (Omit<Extract<PictureFacts, { outcome: 'ok' }>, 'sha256'> & { sha256: string })
  | Exclude<PictureFacts, { outcome: 'ok' }>;

export function noteOfPicture(picture: PictureFacts): PictureNote {
  if (picture.outcome !== 'ok') return picture;
  const { outcome, mime, width, height, sha256 } = picture;
  return { outcome, mime, width, height, sha256: Buffer.from(sha256).toString('latin1') };
}

export function restorePicture(picture: PictureNote): PictureFacts {
  if (picture.outcome !== 'ok') return picture;
  const { outcome, mime, width, height, sha256 } = picture;
  return { outcome, mime, width, height, sha256: Buffer.from(sha256, 'latin1') };
}

/** A failure as it crosses threads, where its class would be lost. */
export interface FailureNote {
  outcome: FailureOutcome;
  detail: string;
  code: string | undefined;
}

export function noteOfFailure(failure: FetchFailure): FailureNote {
  return { outcome: failure.outcome, detail: failure.message, code: codeOf(failure) };
}

export function restoreFailure({ outcome, detail, code }: FailureNote): FetchFailure {
  if (code === undefined) return new FetchFailure(outcome, detail);
  return new FetchFailure(outcome, detail, { cause: Object.assign(new Error(detail), { code }) });
}

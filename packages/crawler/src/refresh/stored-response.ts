import type { Reservation } from '../consent/opt-out.ts';
import type { ReadPage } from '../pipeline/read-page.ts';
import type { Validator } from './validator.ts';

/** What the next crawl has to know of a response to ask for it only if it has changed. */
export type StoredResponse = { key: string; validator: Validator } & (
  | { page: ReadPage }
  /** Its bytes lie in the dataset. */
  | { picture: Reservation }
);

export const pageResponseKey = (urlKey: string): string => `page/${urlKey}`;
export const pictureResponseKey = (urlKey: string): string => `picture/${urlKey}`;

import { firstHeader } from '../fetch/first-header.ts';
import type { ResponseHeaders } from '../fetch/request-once.ts';

/** By what a server is asked whether what it sent has changed (RFC 9110 section 8.8). */
export interface Validator {
  etag: string | null;
  lastModified: string | null;
}

/** Null where a response has none. */
export function validatorOf(headers: ResponseHeaders): Validator | null {
  const etag = firstHeader(headers, 'etag') ?? null;
  const lastModified = firstHeader(headers, 'last-modified') ?? null;
  return etag === null && lastModified === null ? null : { etag, lastModified };
}

/** The headers that ask for a response only if it is another (RFC 9110 section 13.1). */
export const conditionalHeaders = ({ etag, lastModified }: Validator): Record<string, string> => ({
  ...(etag !== null && { 'if-none-match': etag }),
  ...(lastModified !== null && { 'if-modified-since': lastModified }),
});

import type { ResponseHeaders } from './request-once.ts';

/** The first value of a header that may have come more than once. @param name in lower case */
export function firstHeader(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** All values of a header, in the order they came. @param name in lower case */
export function allHeaders(headers: ResponseHeaders, name: string): string[] {
  const value = headers[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

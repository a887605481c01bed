// @ts-check
import { say } from './messages.js';

/** What the server refused, in its own sentence. */
export class Refused extends Error {}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function request(path, init) {
  const response = await fetch(path, init).catch((error) => {
    throw error.name === 'AbortError' ? error : new Refused(say('noAnswer'));
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({ detail: `${response.status} ${response.statusText}` }));
    throw new Refused(problem.detail);
  }
  return response.headers.get('content-type')?.startsWith('application/json') ? response.json() : response.text();
}

/**
 * @param {string} path
 * @param {Record<string, string | number>} [query]
 * @param {AbortSignal} [signal]
 */
export function get(path, query = {}, signal) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return request(search.size === 0 ? path : `${path}?${search}`, { signal: signal ?? null });
}

/**
 * @param {string} path
 * @param {object} body
 */
export function post(path, body) {
  return request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/**
 * @param {{ dataset: string, position: number }} picture
 * @param {'small' | 'large'} size
 */
export const pictureUrl = ({ dataset, position }, size) =>
  `/api/datasets/${encodeURIComponent(dataset)}/pairs/${position}/picture${size === 'large' ? '?size=large' : ''}`;

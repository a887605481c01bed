import type { WARCRecord } from 'warcio';
import type { ResponseHeaders } from '../fetch/request-once.ts';
import { Page } from '../sources/page.ts';

/**
 * The page that an archived response holds, its transfer and content codings undone.
 * @returns null for what is no HTML page with status 200; `too-big` beyond the bytes that a page may have
 */
export async function pageOfResponse(record: WARCRecord, maxBytes: number): Promise<Page | 'too-big' | null> {
  const response = record.getResponseInfo();
  if (response === null || Number(response.status) !== 200) return null;
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) headers[name.toLowerCase()] = value;
  if (!/html/i.test(headers['content-type'] ?? 'text/html')) return null;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // A record is read to its end whatever its size, since the next begins there.
  for await (const chunk of record) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes > maxBytes) return 'too-big';
  const url = record.warcTargetURI!;
  const known: ResponseHeaders = headers;
  return new Page({ request: { url }, url, headers: known, body: Buffer.concat(chunks), sitemaps: [], fetch: async () => null });
}

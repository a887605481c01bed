import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { SampleWeb } from '../src/index.ts';

export interface Response {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Asks one of the sites, following nothing. */
export function get(
  { connectTo }: SampleWeb,
  address: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> {
  const url = new URL(address);
  const [hostname, port] = connectTo[url.hostname]!.split(':');
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method, path: url.pathname + url.search, headers: { host: url.host, ...headers } };
    request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Runs a function on all members of a list, some at a time; results in the order of the list. */
export async function mapSome<T, R>(list: readonly T[], run: (member: T) => Promise<R>, concurrency = 12): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < list.length) {
      const index = next++;
      results[index] = await run(list[index]!);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

import { UserError } from '@wenlan/shards';
import { Redis } from 'ioredis';

/** What ioredis and BullMQ connect with. */
export interface RedisAddress {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  tls?: object;
  maxRetriesPerRequest: null;
}

/** All that this package keeps in Redis begins with it. */
export const KEY_PREFIX = 'wenlan';

/**
 * Where a Redis is. @param url `redis://` or, encrypted, `rediss://`, with user, password and number of the database where they are needed
 * @throws UserError QUEUE_URL
 */
export function redisOptions(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '' || !/^\/?\d*$/.test(parsed.pathname)) {
    throw new UserError(
      'QUEUE_URL',
      `"${url}" names no queue; write it as redis://HOST:PORT or redis://USER:PASSWORD@HOST:PORT/NUMBER.`,
    );
  }
  const { hostname, port, username, password, pathname, protocol } = parsed;
  return {
    host: hostname,
    port: port === '' ? 6379 : Number(port),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    db: Number(pathname.slice(1)),
    ...(protocol === 'rediss:' && { tls: {} }),
    // What is asked of a Redis that is restarted waits until it is there again.
    maxRetriesPerRequest: null,
  };
}

/** Connects once to see that a Redis is there, which otherwise everything would wait for. @throws UserError QUEUE_UNREACHABLE, QUEUE_URL */
export async function checkRedis(url: string): Promise<void> {
  const redis = new Redis({ ...redisOptions(url), lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let cause: Error | undefined;
  redis.on('error', (error) => (cause ??= error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const reason = (cause ?? (error as Error)).message;
    throw new UserError(
      'QUEUE_UNREACHABLE',
      `No Redis answers at ${new URL(url).host} (${reason}); start one there, or mend the address.`,
    );
  } finally {
    redis.disconnect();
  }
}

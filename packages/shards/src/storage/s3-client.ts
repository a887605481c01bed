import type * as S3Module from '@aws-sdk/client-s3';
import { customEndpoint } from './s3-errors.ts';

/** First try included; between them the SDK waits 50 ms and more, up to 20 s, and longer where S3 asks for less. */
const ATTEMPTS = 5;
const CONNECT_MILLIS = 10_000;
const SILENCE_MILLIS = 60_000;

export type Sdk = typeof S3Module;

export interface S3Connection {
  sdk: Sdk;
  client: S3Module.S3Client;
  /** Time of the server, from its last answer. */
  serverNow: () => number;
}

/** What of the environment decides how S3 is spoken to. */
const VARIABLES = /^AWS_/;

let current: { environment: string; connection: Promise<S3Connection> } | undefined;

/**
 * The AWS SDK, loaded when S3 is first used. Endpoint, region and credentials are those of the SDK's own environment variables
 * and files; buckets of a custom endpoint are named in the path, since few such servers have a host name for each.
 */
export function connectS3(): Promise<S3Connection> {
  // Its version is fixed here, so that what it says of its later versions is of no use to whoever runs a command.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const environment = JSON.stringify(Object.entries(process.env).filter(([name]) => VARIABLES.test(name)));
  if (current?.environment !== environment) current = { environment, connection: connect() };
  return current.connection;
}

async function connect(): Promise<S3Connection> {
  const sdk = await import('@aws-sdk/client-s3');
  const isCustom = customEndpoint() !== null;
  const hasRegion = Boolean(process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION']);
  const client = new sdk.S3Client({
    maxAttempts: ATTEMPTS,
    forcePathStyle: isCustom,
    requestHandler: { connectionTimeout: CONNECT_MILLIS, socketTimeout: SILENCE_MILLIS },
    ...(process.env['AWS_DEFAULT_REGION'] && !process.env['AWS_REGION'] && { region: process.env['AWS_DEFAULT_REGION'] }),
    ...(isCustom && !hasRegion && { region: 'us-east-1' }),
  });
  let offset = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      const time = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(time)) offset = time - Date.now();
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return { sdk, client, serverNow: () => Date.now() + offset };
}

import { parseS3 } from '../location.ts';
import { UserError } from '../user-error.ts';

/** S3 can't be reached, or doesn't answer. What was committed before stays. */
export class StorageUnreachableError extends Error {
  readonly code = 'STORAGE_UNREACHABLE';
  readonly exitStatus = 1;

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(
      `S3 can't be reached for ${path} at ${endpointName()}: ${why}; check the network and AWS_ENDPOINT_URL_S3, then run the same command again, which goes on from the last committed shard.`,
      options,
    );
    this.name = 'StorageUnreachableError';
  }
}

const ACCESS_ERRORS = new Set([
  'AccessDenied',
  'AccountProblem',
  'AllAccessDisabled',
  'ExpiredToken',
  'Forbidden',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  '403',
]);
const NETWORK_ERRORS = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
]);

interface Failure extends Error {
  code?: string;
  errors?: readonly Failure[];
  $metadata?: { httpStatusCode?: number };
}

/** The name of the custom endpoint that the environment gives, or of Amazon's. */
export const customEndpoint = (): string | null => process.env['AWS_ENDPOINT_URL_S3'] || process.env['AWS_ENDPOINT_URL'] || null;
const endpointName = (): string => customEndpoint() ?? 'Amazon S3';

export const statusOf = (error: unknown): number | undefined => (error as Failure).$metadata?.httpStatusCode;

/** The condition of a request wasn't met: 412, or 409 where another request for the same key was under way. */
export const isConflict = (error: unknown): boolean => [409, 412].includes(statusOf(error) ?? 0);
export const isMissing = (error: unknown): boolean => ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes((error as Error).name);

/** An error that the same request may not meet again. */
export const isPassing = (error: unknown): boolean =>
  networkReason(error as Failure) !== null || [429, 500, 502, 503, 504].includes(statusOf(error) ?? 0);

/** Says in one sentence what an error of S3 means and how it is mended; an error of another kind comes back as it is. */
export function explainS3(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const { name } = error;
  const { bucket } = parseS3(path);
  const options = { cause: error };
  if (name === 'NoSuchBucket') {
    return new UserError(
      'S3_BUCKET_MISSING',
      `There is no bucket ${bucket} at ${endpointName()} for ${path}; create it, or check its name and AWS_ENDPOINT_URL_S3.`,
      options,
    );
  }
  if (name === 'CredentialsProviderError') {
    return new UserError(
      'S3_ACCESS_DENIED',
      `There are no credentials for ${path}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`,
      options,
    );
  }
  if (ACCESS_ERRORS.has(name) || statusOf(error) === 403) {
    return new UserError(
      'S3_ACCESS_DENIED',
      `${endpointName()} refuses access to ${path} (${name}); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, and that they may list, read, write and delete in the bucket ${bucket}.`,
      options,
    );
  }
  if (/region is missing/i.test(error.message)) {
    return new UserError('S3_REGION_MISSING', `The region of the bucket ${bucket} isn't known; set AWS_REGION.`, options);
  }
  if (name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed') {
    return new UserError('S3_REGION_MISSING', `The bucket ${bucket} lies in another region; set AWS_REGION to it.`, options);
  }
  const network = networkReason(error);
  if (network !== null) return new StorageUnreachableError(path, network, options);
  if (isPassing(error)) return new StorageUnreachableError(path, `it answers ${statusOf(error)} (${name})`, options);
  return error;
}

function networkReason(error: Failure): string | null {
  const code = error.code ?? error.errors?.[0]?.code;
  if (code !== undefined && NETWORK_ERRORS.has(code)) return code;
  return error.name === 'TimeoutError' ? 'it does not answer in time' : null;
}

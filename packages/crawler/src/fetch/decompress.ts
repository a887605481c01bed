import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { FetchFailure } from './failure.ts';

/** More codings than this in one Content-Encoding are a trap. */
const MAX_CODINGS = 3;
/** Below this no ratio is looked at: a short text may be nothing but repetition. */
const MIN_RATIO_BYTES = 256 * 1024;

const DECODERS: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

export interface DecompressLimits {
  maxBytes: number;
  /** Of the bytes that come out to those that were sent. */
  maxRatio: number;
}

/**
 * Undoes the content codings of a body, and gives up where more comes out than is allowed.
 * @throws FetchFailure too-big, decode
 */
export async function decompress(bytes: Buffer, contentEncoding: string, limits: DecompressLimits): Promise<Buffer> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw new FetchFailure('decode', `it has ${codings.length} content codings`);
  const allowedByRatio = Math.max(MIN_RATIO_BYTES, bytes.length * limits.maxRatio);
  let decoded = bytes;
  for (const coding of codings.reverse()) {
    const decoder = DECODERS[coding];
    if (decoder === undefined) throw new FetchFailure('decode', `its content coding ${coding} isn't known`);
    try {
      decoded = await decoder(decoded, { maxOutputLength: Math.ceil(Math.min(limits.maxBytes, allowedByRatio)) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
        throw new FetchFailure('decode', `it isn't ${coding}, as it says (${(error as Error).message})`, { cause: error });
      }
      const excess =
        allowedByRatio < limits.maxBytes
          ? `more than ${limits.maxRatio} times its ${bytes.length} bytes once decompressed`
          : `more than the ${limits.maxBytes} bytes allowed once decompressed`;
      throw new FetchFailure('too-big', excess, { cause: error });
    }
  }
  return decoded;
}

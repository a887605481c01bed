import type { Outcome } from '@wenlan/shards';
import { AddressRefusedError } from '../network/address-policy.ts';

/** The outcomes that a fetch can have beside `ok`. `filtered:private-address` is what the address policy refused. */
export type FailureOutcome =
  | Extract<
      Outcome,
      | 'dns'
      | 'tcp'
      | 'tls'
      | 'timeout'
      | 'too-slow'
      | 'too-big'
      | 'http-4xx'
      | 'http-5xx'
      | 'rate-limited'
      | 'robots'
      | 'opt-out'
      | 'redirect-loop'
      | 'not-image'
      | 'decode'
    >
  | 'filtered:private-address';

/** Why an attempt ended without a response; thrown inside the fetch, never out of it. */
export class FetchFailure extends Error {
  readonly outcome: FailureOutcome;

  constructor(outcome: FailureOutcome, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'FetchFailure';
    this.outcome = outcome;
  }
}

const DNS_CODES = /^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|EREFUSED)$/;
const TLS_CODES =
  /^(?:ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|CRL_\w+|UNABLE_TO_\w+|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)$/;
const TIMEOUT_CODES = /^(?:UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/;

/** Sorts an error of the network into an outcome; what is neither name, TLS nor time is `tcp`: refused, reset or no HTTP. */
export function failureOf(error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error;
  if (error instanceof AddressRefusedError) return new FetchFailure('filtered:private-address', error.message, { cause: error });
  const { code = '', message } = error as NodeJS.ErrnoException;
  const detail = code === '' || message.includes(code) ? message : `${code}: ${message}`;
  const as = (outcome: FailureOutcome): FetchFailure => new FetchFailure(outcome, detail, { cause: error });
  if (DNS_CODES.test(code)) return as('dns');
  if (TLS_CODES.test(code)) return as('tls');
  if (TIMEOUT_CODES.test(code)) return as('timeout');
  return as('tcp');
}

/** Of what was given up because the crawl is over. */
export const DESTROYED = 'UND_ERR_DESTROYED';

/** The system's or undici's name for what went wrong. */
export const codeOf = ({ cause }: FetchFailure): string | undefined => (cause as NodeJS.ErrnoException | undefined)?.code;

/** Whether the same request may do better a little later. */
export function mayPass(failure: FetchFailure): boolean {
  const code = codeOf(failure);
  switch (failure.outcome) {
    case 'dns':
      // A name that doesn't exist won't soon; a resolver that is overloaded may recover.
      return code === 'EAI_AGAIN';
    case 'tcp':
      return code !== DESTROYED;
    case 'timeout':
      return true;
    default:
      return false;
  }
}

import { describe, expect, it } from 'vitest';
import { AddressRefusedError } from '../network/address-policy.ts';
import { failureOf, FetchFailure, mayPass } from './failure.ts';

const withCode = (code: string): Error => Object.assign(new Error('it went wrong'), { code });

describe(failureOf, () => {
  it.each([
    ['ENOTFOUND', 'dns', false],
    ['EAI_AGAIN', 'dns', true],
    ['ECONNREFUSED', 'tcp', true],
    ['ECONNRESET', 'tcp', true],
    ['UND_ERR_SOCKET', 'tcp', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', true],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', true],
    ['UND_ERR_BODY_TIMEOUT', 'timeout', true],
    ['ETIMEDOUT', 'timeout', true],
    ['CERT_HAS_EXPIRED', 'tls', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', false],
    ['EPROTO', 'tls', false],
    ['HPE_INVALID_CONSTANT', 'tcp', true],
  ])('%s is %s', (code, outcome, passes) => {
    const failure = failureOf(withCode(code));
    expect(failure).toMatchObject({ outcome, message: `${code}: it went wrong` });
    expect(mayPass(failure)).toBe(passes);
  });

  it('an address that is not allowed is filtered, and what is sorted stays so', () => {
    const failure = failureOf(new AddressRefusedError('a.test', '127.0.0.1'));
    expect(failure).toMatchObject({
      outcome: 'filtered:private-address',
      message: 'a.test is at 127.0.0.1, which is not a public address',
    });
    expect(failureOf(failure)).toBe(failure);
    expect(mayPass(new FetchFailure('too-big', ''))).toBe(false);
  });
});

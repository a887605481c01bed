import { describe, expect, it } from 'vitest';
import { bareHostname, ConnectTo } from './connect-to.ts';

describe(ConnectTo, () => {
  const connectTo = new ConnectTo({ 'A.test': '127.0.0.1:81', 'b.test:8080': '[::1]:82' });

  it('sends a host, or a host and port, elsewhere', () => {
    expect(connectTo.target('a.test', '443')).toEqual({ hostname: '127.0.0.1', port: '81' });
    expect(connectTo.target('b.test', '8080')).toEqual({ hostname: '::1', port: '82' });
    expect(connectTo.target('b.test', '80')).toEqual({ hostname: 'b.test', port: '80' });
  });

  it.each(['127.0.0.1', ':80', '127.0.0.1:x', '127.0.0.1:80/path', '127.0.0.1:70000'])('refuses %j', (to) => {
    expect(() => new ConnectTo({ 'a.test': to })).toThrow(
      `Connections to a.test can't be sent to ${JSON.stringify(to)}; give an address and a port, such as 127.0.0.1:8080.`,
    );
  });
});

describe(bareHostname, () => {
  it.each([
    ['http://[::1]:80/', '::1'],
    ['http://a.test/', 'a.test'],
    ['http://127.1/', '127.0.0.1'],
  ])('of %s is %s', (url, host) => {
    expect(bareHostname(new URL(url))).toBe(host);
  });
});

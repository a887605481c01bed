import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseAddresses, publicAddresses } from './addresses.ts';
import { ALONE } from './alone.ts';
import { joinGroup } from './join-group.ts';

describe('the addresses of ranks', () => {
  it('parse as host and port', () => {
    expect(parseAddresses(['10.0.0.5:29500', 'node-2.cluster:1', 'localhost:65535'], 2)).toEqual([
      { host: '10.0.0.5', port: 29500 },
      { host: 'node-2.cluster', port: 1 },
      { host: 'localhost', port: 65535 },
    ]);
  });

  it.each(['10.0.0.5', '10.0.0.5:', ':29500', 'a b:1', 'host:0', 'host:65536', 'http://host:80', '[::1]:80', ''])(
    'are refused as %j',
    (address) => {
      expect(() => parseAddresses(['127.0.0.1:29500', address], 0)).toThrow(
        `The address of rank 1 is ${JSON.stringify(address)}; it has to be host:port, as 10.0.0.5:29500.`,
      );
    },
  );

  it('are one for each rank', () => {
    expect(() => parseAddresses(['a:1', 'b:1', 'a:1'], 0)).toThrow(
      'Ranks 0 and 2 have the same address a:1; each has to listen on its own port.',
    );
    for (const rank of [-1, 2, 0.5]) {
      expect(() => parseAddresses(['a:1', 'b:1'], rank)).toThrow(
        `Rank ${rank} is none of the 2 whose addresses are given: ranks count from 0 to 1.`,
      );
    }
  });

  it('are known to be public, and those of this machine too', () => {
    const own = (...addresses: string[]): NodeJS.Dict<NetworkInterfaceInfo[]> => ({
      eth0: addresses.map((address) => ({ address, family: 'IPv4' }) as NetworkInterfaceInfo),
    });
    const places = ['10.1.2.3', '172.31.0.1', '192.168.0.9', '100.64.0.1', '127.0.0.1', 'host'].map((host) => ({
      host,
      port: 1,
    }));
    expect(publicAddresses(places, own('169.254.1.1', '127.0.0.1'))).toEqual([]);
    expect(publicAddresses([...places, { host: '172.32.0.1', port: 1 }], own('10.0.0.1', '203.0.113.9'))).toEqual([
      '172.32.0.1',
      '203.0.113.9',
    ]);
  });
});

describe(joinGroup, () => {
  it('is alone where there is one address', async () => {
    expect(await joinGroup({ addresses: ['127.0.0.1:29500'], rank: 0 })).toBe(ALONE);
    expect(await ALONE.gatherBytes(Uint8Array.of(1, 2))).toEqual([Uint8Array.of(1, 2)]);
  });

  it('refuses a rank or an address before anything is started', async () => {
    const refusal = { name: 'EngineError', exitStatus: 2 };
    await expect(joinGroup({ addresses: ['a:1', 'b:1'], rank: 2 })).rejects.toMatchObject({ ...refusal, code: 'GROUP_RANK' });
    await expect(joinGroup({ addresses: ['a:1', 'b'], rank: 0 })).rejects.toMatchObject({ ...refusal, code: 'GROUP_ADDRESS' });
  });
});

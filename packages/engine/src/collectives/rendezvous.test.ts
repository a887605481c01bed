import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freeAddresses, listen } from '../../test/support/ranks.ts';
import { meetRanks, type Meeting } from './rendezvous.ts';

async function meeting(size: number, joinSeconds = 30): Promise<Omit<Meeting, 'rank'>> {
  const [address] = await freeAddresses(1);
  return { size, host: '127.0.0.1', port: Number(address!.split(':')[1]), joinSeconds };
}

const outcomes = async (meetings: Meeting[]): Promise<string[]> => {
  const settled = await Promise.allSettled(meetings.map((one) => meetRanks(one)));
  return settled.map((one) => (one.status === 'fulfilled' ? one.value.join(' ') : (one.reason as Error).message));
};

describe(meetRanks, () => {
  it('tells all ranks the addresses of all, whoever comes first, and strangers nothing', async () => {
    const shared = await meeting(3);
    const others = [2, 1].map((rank) => meetRanks({ ...shared, rank }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const first = meetRanks({ ...shared, rank: 0 });
    const stranger = connect(shared.port, '127.0.0.1');
    stranger.on('error', () => {}).write('GET / HTTP/1.1\r\n\r\n');
    const addresses = await first;
    expect(await Promise.all(others)).toEqual([addresses, addresses]);
    expect(addresses).toHaveLength(3);
    expect(new Set(addresses).size).toBe(3);
    for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    if (!stranger.closed) await once(stranger, 'close');
  });

  it('refuses two processes of one rank, and sizes that differ, on all ranks', async () => {
    const shared = await meeting(3);
    const twice = 'Two processes were started as rank 1 of 3; give each a RANK of its own.';
    expect(await outcomes([0, 1, 1].map((rank) => ({ ...shared, rank })))).toEqual([twice, twice, twice]);
    const other = await meeting(2);
    const differ = 'Rank 2 was started as one of 3, rank 0 as one of 2; start all with the same WORLD_SIZE.';
    expect(
      await outcomes([
        { ...other, rank: 0 },
        { ...other, rank: 2, size: 3 },
      ]),
    ).toEqual([differ, differ]);
  });

  it('says who has not come in time', async () => {
    const shared = await meeting(4, 1);
    const { port } = shared;
    expect(await outcomes([0, 2].map((rank) => ({ ...shared, rank })))).toEqual([
      `Nobody has come as rank 1 and rank 3 of 4 to 127.0.0.1:${port} after 1 s: see whether it was started with the same MASTER_ADDR and MASTER_PORT, and start all ranks again.`,
      `Rank 0 (127.0.0.1:${port}) has ended before all ranks had come: see what was said there, and start all again.`,
    ]);
    expect(await outcomes([{ ...shared, rank: 3 }])).toEqual([
      `Rank 0 isn't reached at 127.0.0.1:${port} after 1 s: see whether it was started, and MASTER_ADDR and MASTER_PORT are right, and start all ranks again.`,
    ]);
  });

  it('refuses a port that is taken, and a rank that is none', async () => {
    const shared = await meeting(2);
    const server = await listen(shared.port);
    await expect(meetRanks({ ...shared, rank: 0 })).rejects.toMatchObject({
      exitStatus: 2,
      message: `Rank 0 can't listen on port ${shared.port} (EADDRINUSE): end what listens there, or set MASTER_PORT to another.`,
    });
    server.close();
    await expect(meetRanks({ ...shared, rank: 2 })).rejects.toMatchObject({ code: 'GROUP_RANK', exitStatus: 2 });
  });

  it('stops waiting when it is told to', async () => {
    const shared = { ...(await meeting(3)), signal: AbortSignal.timeout(500) };
    for (const sentence of await outcomes([0, 1].map((rank) => ({ ...shared, rank })))) expect(sentence).toContain('timeout');
  });
});

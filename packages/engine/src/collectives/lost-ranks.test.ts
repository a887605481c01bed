import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { freeAddresses, listen, type RunningRank, startRank, startRanks } from '../../test/support/ranks.ts';

/** What ends a rank is printed, with the status that the command line would end with. */
const TELL = (code: string): string => `try { ${code} } catch (error) {
  console.log(JSON.stringify({ name: error.name, message: error.message }));
  process.exit(error.exitStatus ?? 1);
}`;

interface Told {
  status: number | null;
  name: string;
  message: string;
}

async function told(running: RunningRank): Promise<Told> {
  const { status, stdout, stderr } = await running.finished;
  const last = stdout.trim().split('\n').at(-1)!;
  if (!last.startsWith('{')) throw new Error(`A rank ended with status ${status}: ${stdout}${stderr}`);
  return { status, ...(JSON.parse(last) as Omit<Told, 'status'>) };
}

const joined = (running: RunningRank): Promise<unknown> => once(running.child.stdout!, 'data');

const JOIN = "const group = await join({ timeoutSeconds: 2 }); console.log('joined');";

describe('a rank that is lost', { timeout: 90_000 }, () => {
  it('ends the others by a sentence that names it when it is killed', async () => {
    const ranks = await startRanks(
      3,
      TELL(`${JOIN}
        const step = capture((x) => group.mean([x])[0]);
        for (;;) tf.dispose(await step.runAsync(tf.ones([5000])));`),
    );
    const [first, second, third] = ranks as [RunningRank, RunningRank, RunningRank];
    await Promise.all(ranks.map(joined));
    second.child.kill('SIGKILL');
    for (const { status, name, message } of [await told(first), await told(third)]) {
      expect({ status, name }).toEqual({ status: 1, name: 'GroupError' });
      expect(message).toMatch(/Rank 1 \(127\.0\.0\.1:\d+\)/);
      expect(message).toContain('ended, and rank ');
      expect(message).toContain('start all ranks again');
    }
  });

  it('is told when it is frozen, after the time that was set', async () => {
    const ranks = await startRanks(2, TELL(`${JOIN} for (;;) await group.barrier();`));
    const [first, second] = ranks as [RunningRank, RunningRank];
    await Promise.all(ranks.map(joined));
    second.child.kill('SIGSTOP');
    expect(await told(first)).toMatchObject({
      status: 1,
      message: expect.stringMatching(
        /^Rank 1 \(127\.0\.0\.1:\d+\) hasn't answered for 2 s: it is stopped, or the network between is cut; end it and start all ranks again\.$/,
      ) as string,
    });
    second.child.kill('SIGKILL');
  });

  it('is told when it is killed while the others only send to it', async () => {
    const ranks = await startRanks(
      2,
      TELL(`${JOIN}
        if (rank === 1) await new Promise((resolve) => setTimeout(resolve, 60_000));
        await group.broadcast([tf.ones([1000])]);
        await group.barrier();`),
    );
    const [first, second] = ranks as [RunningRank, RunningRank];
    await Promise.all(ranks.map(joined));
    second.child.kill('SIGKILL');
    expect(await told(first)).toMatchObject({ status: 1, message: expect.stringContaining('Rank 1 (127.0.0.1:') as string });
  });

  it('is told when it never starts', async () => {
    const addresses = await freeAddresses(3);
    const ranks = [0, 2].map((rank) => startRank(rank, addresses, TELL('await join({ joinSeconds: 8 });')));
    const sentence = `Nobody listens for rank 1 (${addresses[1]}) after 8 s: see whether it was started and its port can be reached, and start all ranks again.`;
    for (const rank of ranks) expect(await told(rank)).toMatchObject({ status: 1, message: sentence });
  });

  it("can't listen on a port that is taken", async () => {
    const [address, other] = (await freeAddresses(2)) as [string, string];
    const port = Number(address.split(':')[1]);
    const server = await listen(port);
    const sentence = `Rank 0 can't listen on port ${port}: end what listens there, or give the ranks other addresses.`;
    expect(await told(startRank(0, [address, other], TELL('await join();')))).toMatchObject({ status: 2, message: sentence });
    server.close();
    const holder = startRank(1, [other, address], TELL('await join();'));
    while (
      await listen(port).then(
        (free) => free.close(),
        () => undefined,
      )
    )
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await told(startRank(0, [address, other], TELL('await join();')))).toMatchObject({ status: 2, message: sentence });
    holder.child.kill('SIGKILL');
  });

  it('disagrees with the others in what it gives', async () => {
    const ranks = await startRanks(2, TELL(`${JOIN} await capture((x) => group.mean([x])[0]).runAsync(tf.ones([3 + rank]));`));
    const sentences = (await Promise.all(ranks.map(told))).map(({ message }) => message);
    expect(sentences.join('\n')).toMatch(
      /^The ranks can't compute together \(.*Shape mismatch in the collective instance.*\): run the same version with the same settings on all of them, and start all again\.$/m,
    );
  });

  it.each([
    ['process.exit', 'process.exit(5)', 5],
    ['an uncaught error', "throw new Error('mine')", 1],
  ])('ends at once by %s while it waits for the others', async (_how, code, status) => {
    const ranks = await startRanks(
      2,
      TELL(`${JOIN}
        if (rank === 1) await new Promise((resolve) => setTimeout(resolve, 60_000));
        setTimeout(() => { ${code}; }, 100);
        await group.barrier();`),
    );
    const [first, second] = ranks as [RunningRank, RunningRank];
    expect((await first.finished).status).toBe(status);
    second.child.kill('SIGKILL');
  });
});

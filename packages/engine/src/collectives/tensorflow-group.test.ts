import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runRanks } from '../../test/support/ranks.ts';

const PRINT = 'await group.barrier(); await group.leave(); console.log(JSON.stringify(said));';

describe('what ranks exchange', { timeout: 60_000 }, () => {
  it('comes in rank order, with its shape and type, in and outside of a captured step', async () => {
    const results = await runRanks<Record<string, unknown>>(
      3,
      `import { createHash } from 'node:crypto';
      const group = await join();
      const said = {};
      const look = (tensor) => [tensor.dtype, tensor.shape, [...tensor.dataSync()]];
      said.gathered = look(group.gather(tf.tensor2d([[rank, 0.5], [rank, 1.5]])));
      said.gatheredInt = look(group.gather(tf.tensor1d([rank], 'int32')));
      said.mean = group.mean([tf.tensor2d([[rank, 2]]), tf.scalar(rank * 10)]).map(look);
      said.broadcast = (await group.broadcast([tf.tensor1d([rank + 0.5]), tf.tensor2d([[rank + 7]], [1, 1], 'int32'), tf.scalar(rank === 0, 'bool')])).map(look);
      said.bytes = (await group.gatherBytes(new Uint8Array(rank * 5).fill(rank))).map((bytes) => bytes.join(' '));
      said.long = (await group.gatherBytes(new Uint8Array([7, 1020, 5003][rank]).fill(rank + 1))).map((bytes) => [bytes.length, bytes[0], bytes.at(-1), new Set(bytes).size]);
      const draws = tf.randomNormal([100003], 0, 1, 'float32', rank + 1);
      const step = capture((x) => [...group.mean([x, tf.sum(x)]), ...group.mean([x], { bfloat16: true }), group.gather(tf.expandDims(tf.sum(x)))]);
      const [mean, sum, rounded, sums] = await step.runAsync(draws);
      const hash = (x) => createHash('sha256').update(x.dataSync()).digest('hex');
      said.bits = [hash(mean), hash(group.mean([draws])[0]), hash(rounded)];
      said.rounding = tf.max(tf.abs(tf.sub(mean, rounded))).dataSync()[0];
      said.sums = [sum.dataSync()[0], tf.mean(sums).dataSync()[0]];
      ${PRINT}`,
    );
    const { rounding, sums, bits, ...rest } = results[0]!;
    expect(rest).toEqual({
      gathered: ['float32', [6, 2], [0, 0.5, 0, 1.5, 1, 0.5, 1, 1.5, 2, 0.5, 2, 1.5]],
      gatheredInt: ['int32', [3], [0, 1, 2]],
      mean: [
        ['float32', [1, 2], [1, 2]],
        ['float32', [], [10]],
      ],
      broadcast: [
        ['float32', [1], [0.5]],
        ['int32', [1, 1], [7]],
        ['bool', [], [1]],
      ],
      long: [
        [7, 1, 1, 1],
        [1020, 2, 2, 1],
        [5003, 3, 3, 1],
      ],
      bytes: ['', '1 1 1 1 1', '2 2 2 2 2 2 2 2 2 2'],
    });
    expect(rounding).toBeGreaterThan(0);
    expect(rounding).toBeLessThan(0.03);
    expect((sums as number[])[0]).toBeCloseTo((sums as number[])[1]!, 4);
    const [inside, outside] = bits as string[];
    expect(inside).toBe(outside);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('trains as one process does on all rows, with programs of different lengths, and leaves the event loop alone', async () => {
    const code = (group: string): string => `
      const group = ${group};
      const said = { losses: [], ticks: 0 };
      const weight = tf.variable(tf.randomNormal([4, 2], 0, 0.5, 'float32', 1));
      const step = capture((x) => {
        const { value, grads } = tf.variableGrads(() => {
          const keys = group.gather(tf.matMul(x, weight)); // [size · batch, 2]
          return tf.mean(tf.square(tf.sub(tf.matMul(keys, keys, false, true), 1)));
        }, [weight]);
        const [gradient, loss] = group.mean([grads[weight.name], value]);
        weight.assign(tf.sub(weight, tf.mul(gradient, 0.05)));
        return loss;
      });
      const rows = (at, some) => tf.concat([tf.slice(tf.randomNormal([4, 3], 0, 1, 'float32', at + 1), [some * 4 / group.size, 0], [4 / group.size, 3]), tf.zeros([4 / group.size, 1])], 1);
      for (let i = 0; i < 6; i++) {
        const x = rows(i, group.rank);
        if (rank === 1 && i === 4) await new Promise((resolve) => setTimeout(resolve, 600));
        const ticking = setInterval(() => (said.ticks += i === 4 ? 1 : 0), 10);
        const loss = await step.runAsync(x);
        clearInterval(ticking);
        said.losses.push(loss.dataSync()[0]);
        const before = tf.memory().numTensors;
        if (i === 5) for (let n = 0; n < 20; n++) tf.dispose(await step.runAsync(x));
        said.kept = tf.memory().numTensors - before;
      }
      said.weight = [...weight.dataSync()];
      said.moved = tf.max(tf.abs(tf.sub(weight, tf.randomNormal([4, 2], 0, 0.5, 'float32', 1)))).dataSync()[0];
      ${PRINT}`;
    interface Said {
      losses: number[];
      ticks: number;
      kept: number;
      weight: number[];
      moved: number;
    }
    const [together, [alone]] = await Promise.all([
      runRanks<Said>(2, code('await join()')),
      runRanks<Said>(1, `await loadEngine(); ${code('ALONE')}`),
    ]);
    expect(together[1]!.weight).toEqual(together[0]!.weight);
    expect(together[1]!.losses).toEqual(together[0]!.losses);
    together[0]!.losses.forEach((loss, index) => expect(loss).toBeCloseTo(alone!.losses[index]!, 5));
    together[0]!.weight.forEach((value, index) => expect(value).toBeCloseTo(alone!.weight[index]!, 5));
    expect(alone!.moved).toBeGreaterThan(0.1);
    expect(together[0]!.ticks).toBeGreaterThan(10); // while it waited for rank 1
    expect(together.map(({ kept }) => kept)).toEqual([0, 0]);
  });

  it('meets where one rank takes its program from a file, another records it, and the lengths differ', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wenlan-ranks-'));
    const code = `const group = await join();
      const said = [];
      let recorded = 0;
      const lengths = [[3, 5, 5], [4, 3, 6]][rank];
      const step = capture((x) => (recorded++, group.mean([tf.mean(x, 0)])[0]), { saved: { folder: ${JSON.stringify(folder)}, key: 'k' } });
      const other = capture((x) => group.gather(tf.mean(x, 0, true)));
      for (const length of lengths) {
        const x = tf.fill([length, 2], rank + 1);
        said.push([...(await step.runAsync(x)).dataSync()], [...(await other.runAsync(x)).dataSync()]);
      }
      said.push(recorded);
      ${PRINT}`;
    const once = [
      [1.5, 1.5],
      [1, 1, 2, 2],
    ];
    const steps = [...once, ...once, ...once];
    try {
      expect(await runRanks(2, code)).toEqual([
        [...steps, 2],
        [...steps, 3],
      ]);
      const programs = (await readdir(folder)).toSorted();
      expect(programs).toHaveLength(5); // a rank's programs are its own
      await rm(join(folder, programs[0]!));
      const [first, second] = await runRanks<unknown[]>(2, code);
      expect(Number(first!.at(-1)) + Number(second!.at(-1))).toBe(1);
      expect([first!.slice(0, -1), second!.slice(0, -1)]).toEqual([steps, steps]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

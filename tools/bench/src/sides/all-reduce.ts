import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { capture, joinGroup, meetRanks, tf } from '@wenlan/engine';

/** Averages tensors over two ranks, of which this process is one and starts the other. Arguments: sizes and runs, precision, the port where they meet. */
const [work, precision, meeting] = process.argv.slice(2) as [string, 'float32' | 'bf16', string?];
const { sizes, runs } = JSON.parse(work) as { sizes: number[]; runs: number[] };
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const port = meeting === undefined ? await freePort() : Number(meeting);
if (meeting === undefined) fork(process.argv[1]!, [work, precision, String(port)], { stdio: 'ignore' });
const rank = meeting === undefined ? 0 : 1;
const group = await joinGroup({
  addresses: await meetRanks({ rank, size: 2, host: '127.0.0.1', port }),
  rank,
  onWarning: () => {},
});

const figures: Record<string, string> = {};
let [bytes, seconds] = [0, 0];
for (const [index, size] of sizes.entries()) {
  const program = capture((x: tf.Tensor1D) => group.mean([x], { bfloat16: precision === 'bf16' }));
  const x = tf.ones<tf.Rank.R1>([size / 4]);
  const times: number[] = [];
  for (let run = -3; run < runs[index]!; run++) {
    const startedAt = performance.now();
    tf.dispose(await program.runAsync(x));
    if (run >= 0) times.push((performance.now() - startedAt) / 1000);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
  figures[size < 1e6 ? `${size / 1e3} kB` : `${size / 1e6} MB`] =
    `${(1000 * median).toFixed(1)} ms, ${Math.round(size / 1e6 / median)} MB/s`;
  bytes += size * times.length;
  seconds += times.reduce((sum, time) => sum + time, 0);
  x.dispose();
  program.dispose();
}
await group.barrier();
await group.leave();
if (rank === 0) process.stdout.write(`${JSON.stringify({ items: bytes / 1e6, seconds, figures })}\n`);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  server.close();
  return address.port;
}

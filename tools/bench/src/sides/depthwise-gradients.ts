import { capture, depthwiseConvolution, loadEngine, tf } from '@wenlan/engine';

/** Gradients of 5 × 5 filters. Argument: `kernel`, `tensorflow` or `shifts`. */
const way = process.argv[2] as keyof typeof ways;
type Shape = [batch: number, height: number, width: number, channels: number];

const KERNEL = 5;
const ROUNDS = 8;
const CASES: { shape: Shape; stride: 1 | 2; times: number }[] = [
  { shape: [8, 24, 24, 1056], stride: 1, times: 6 },
  { shape: [8, 12, 12, 1824], stride: 1, times: 8 },
  { shape: [32, 24, 24, 144], stride: 2, times: 1 },
  { shape: [32, 12, 12, 240], stride: 1, times: 1 },
  { shape: [32, 6, 6, 672], stride: 1, times: 2 },
  { shape: [32, 3, 3, 1152], stride: 1, times: 3 },
];

type FilterGradient = (x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor4D, stride: 1 | 2) => tf.Tensor;

const ways = {
  kernel: (x, filter, dy, stride) => tf.grad((f: tf.Tensor) => depthwiseConvolution(x, f as tf.Tensor4D, stride))(filter, dy),
  tensorflow: (x, filter, dy, stride) =>
    tf.grad((f: tf.Tensor) => tf.depthwiseConv2d(x, f as tf.Tensor4D, stride, 'same'))(filter, dy),
  shifts: (x, filter, dy, stride) => {
    const [batch, height, width, channels] = x.shape;
    const [, outHeight, outWidth] = dy.shape;
    const around = (size: number, out: number): [number, number] => {
      const all = Math.max(0, (out - 1) * stride + KERNEL - size);
      return [Math.floor(all / 2), Math.ceil(all / 2)];
    };
    const padded = tf.pad(x, [[0, 0], around(height, outHeight), around(width, outWidth), [0, 0]]);
    const taps = Array.from({ length: KERNEL * KERNEL }, (_, tap) => {
      const [row, column] = [Math.floor(tap / KERNEL), tap % KERNEL];
      const end = [batch, row + (outHeight - 1) * stride + 1, column + (outWidth - 1) * stride + 1, channels];
      const seen = tf.stridedSlice(padded, [0, row, column, 0], end, [1, stride, stride, 1]);
      return tf.sum(tf.mul(seen, dy), [0, 1, 2]); // [channels]
    });
    return tf.reshape(tf.stack(taps), filter.shape);
  },
} satisfies Record<string, FilterGradient>;

await loadEngine();
let seconds = 0;
let flops = 0;
const figures: Record<string, string> = {};
for (const { shape, stride, times } of CASES) {
  const draw = (size: Shape, seed: number): tf.Tensor4D => tf.randomNormal(size, 0, 1, 'float32', seed) as tf.Tensor4D;
  const [x, filter] = [draw(shape, 1), draw([KERNEL, KERNEL, shape[3], 1], 2)];
  const dy = draw([shape[0], Math.ceil(shape[1] / stride), Math.ceil(shape[2] / stride), shape[3]], 3);
  const program = (gradient: FilterGradient): (() => tf.Tensor) => {
    const step = capture((...inputs: tf.Tensor[]) => gradient(...(inputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]), stride));
    return () => step(x, filter, dy);
  };
  const [run, wanted] = [program(ways[way])(), program(ways.tensorflow)()];
  const furthest = tf.div(tf.max(tf.abs(tf.sub(run, wanted))), tf.max(tf.abs(wanted))).dataSync()[0]!;
  figures[shape.join(' × ')] = furthest.toExponential(0);

  const again = program(ways[way]);
  again().dataSync();
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS * times; round++) tf.dispose(again());
  seconds += (performance.now() - startedAt) / 1000;
  flops += 2 * KERNEL * KERNEL * dy.size * ROUNDS * times;
  tf.dispose([x, filter, dy, run, wanted]);
}
process.stdout.write(`${JSON.stringify({ items: flops / 1e9, seconds, figures })}\n`);

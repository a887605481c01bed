import type { Benchmark } from '../benchmark.ts';
import { encodeBenchmark } from '../encode-benchmark.ts';

export const benchmark: Benchmark = encodeBenchmark({
  kind: 'image',
  title: 'Encoding pictures by the released tower, EfficientNet-B5 at 380 pixels',
  unit: 'pictures',
  rows: 8,
  batches: 4,
  tokens: 0,
});

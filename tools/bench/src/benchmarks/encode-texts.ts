import type { Benchmark } from '../benchmark.ts';
import { encodeBenchmark } from '../encode-benchmark.ts';

export const benchmark: Benchmark = encodeBenchmark({
  kind: 'text',
  title: 'Encoding texts by the released tower, RoBERTa base, padded to 32 tokens',
  unit: 'texts',
  rows: 64,
  batches: 4,
  tokens: 32,
});

import type { Benchmark, Side } from './benchmark.ts';
import { MALLOC } from './malloc.ts';
import { ours, peer } from './ours.ts';

/** What the peer of towers and training steps runs on. */
export const PYTORCH = ['torch==2.14.1', 'torchvision==0.29.2', 'timm==1.0.31', 'transformers==5.23.0', 'numpy==2.4.6'] as const;

/** What is encoded, and how much of it. */
export interface EncodeCase {
  readonly kind: 'image' | 'text';
  readonly title: string;
  readonly unit: string;
  readonly rows: number;
  readonly batches: number;
  /** Of a text with its padding. */
  readonly tokens: number;
}

/** A benchmark of one released tower in inference, the batch in memory, against PyTorch with the same weights. */
export function encodeBenchmark({ kind, title, unit, rows, batches, tokens }: EncodeCase): Benchmark {
  return {
    title,
    unit,
    requirements: PYTORCH,
    target: 1.2,
    repeats: 3,
    warmsUpInside: true,
    notes: `${batches} batches of ${rows} after two, which lie in memory, float32, weights random and the same; the features of both sides must agree within 1e-4. Decoding and tokenizing are no part of it.
PyTorch runs timm and transformers in inference mode on two threads, convolutions channels-last, with an allocator that keeps its pages; *compiled* by \`torch.compile\`, whose time isn't counted.`,
    async prepare({ folder, python }) {
      const sizes = [rows, batches, tokens].map(String);
      const torch = (name: string, compile: boolean): Side => ({
        name,
        command: peer(python, 'encode_torch', folder, kind, ...sizes, JSON.stringify({ compile })),
        env: MALLOC,
      });
      return {
        sides: [
          { name: 'WenLan', command: ours('encode', folder, kind, ...sizes) },
          torch('PyTorch', false),
          torch('PyTorch, compiled', true),
        ],
      };
    },
  };
}

import { expect, it } from 'vitest';
import { releaseMemory } from './release-memory.ts';

it('gives back memory that is a picture’s own, once, and leaves what is shared', () => {
  const own = Buffer.allocUnsafeSlow(20_000);
  const slab = Buffer.allocUnsafeSlow(64).fill(7);
  const part = slab.subarray(8, 16);
  const shared = new Uint8Array(new SharedArrayBuffer(16));
  releaseMemory([own, own, part, shared]);
  expect([own.byteLength, part.byteLength, shared.byteLength]).toEqual([0, 8, 16]);
  expect(part[0]).toBe(7);
  releaseMemory([own, part]);
  releaseMemory([]);
});

it('leaves memory that cannot be moved', () => {
  // A memory of WebAssembly is one.
  const { buffer } = new (
    globalThis as unknown as { WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } } }
  ).WebAssembly.Memory({ initial: 1 });
  releaseMemory([new Uint8Array(buffer)]);
  expect(buffer.byteLength).toBe(65_536);
});

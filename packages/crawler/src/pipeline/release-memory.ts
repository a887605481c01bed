/**
 * Gives back the memory of bytes that nobody needs any more now and not when the collector finds them: it counts what lies
 * outside of its heap, and would go through all that is inside of it again and again for a few pictures.
 */
export function releaseMemory(all: readonly Uint8Array[]): void {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteOffset, byteLength } of all) {
    // What shares its memory with others, as short buffers do, isn't for us to give back.
    if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) buffers.add(buffer);
  }
  try {
    // What is moved into a clone that nobody takes is free.
    structuredClone(null, { transfer: [...buffers] });
  } catch (error) {
    // Memory of a native library can't be moved, and is left to the collector.
    if ((error as Error).name !== 'DataCloneError') throw error;
  }
}

/** Lets glibc keep the pages that PyTorch frees, which makes it faster on a CPU. */
export const MALLOC = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '100000000000', MALLOC_TOP_PAD_: '268435456' } as const;

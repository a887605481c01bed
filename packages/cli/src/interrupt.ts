/** Ctrl-C: the first lets the shard or step in flight finish, the second ends the process at once. */
export interface Interrupt {
  signal: AbortSignal;
  dispose(): void;
}

export function watchInterrupts(say: (sentence: string) => void): Interrupt {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    say('Finishing what is in flight; press Ctrl-C again to stop at once (nothing is lost either way).');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

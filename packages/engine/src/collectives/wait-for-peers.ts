import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from './addresses.ts';
import { GroupError } from './group-error.ts';

const RETRY_MILLIS = 250;

/**
 * Waits until something listens at each address. TensorFlow would wait too, but without saying for whom, and asks more and more seldom.
 * @throws GroupError that names the ranks that haven't come in time
 */
export async function waitForPeers(
  addresses: readonly Address[],
  rank: number,
  timeoutMillis: number,
  signal?: AbortSignal,
): Promise<void> {
  const until = performance.now() + timeoutMillis;
  const missing: number[] = [];
  const waitFor = async (address: Address, peer: number): Promise<void> => {
    while (!(await listens(address))) {
      if (performance.now() > until) {
        missing.push(peer);
        return;
      }
      await sleep(RETRY_MILLIS, undefined, { signal });
    }
  };
  await Promise.all(addresses.map(async (address, peer) => (peer === rank ? undefined : waitFor(address, peer))));
  if (missing.length === 0) return;
  const names = missing
    .toSorted((a, b) => a - b)
    .map((peer) => `rank ${peer} (${addresses[peer]!.host}:${addresses[peer]!.port})`);
  throw new GroupError(
    `Nobody listens for ${names.join(' and ')} after ${Math.round(timeoutMillis / 1000)} s: see whether it was started and its port can be reached, and start all ranks again.`,
  );
}

function listens({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.setTimeout(2_000);
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}

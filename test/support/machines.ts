import { execFileSync } from 'node:child_process';

/** Of the machines and of the hosts that are crawled; a range that is set aside for measuring networks. */
const NETWORK = '198.18.77';

/** Network namespaces that reach the addresses of a bridge, and nothing else. */
export interface Machines {
  /** Address of what the machines share. */
  address: string;
  /** Other addresses of it. */
  hosts: readonly string[];
  /** What a command is put behind to run on a machine, counted from 0. */
  within(machine: number): string[];
  /** Pulls the cable of a machine, or puts it back. */
  connect(machine: number, isConnected: boolean): void;
  remove(): void;
}

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Why there can't be any here; null if there can. */
export const missingMachines: string | null = (() => {
  try {
    startMachines(1, 1).remove();
    return null;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return `network namespaces can't be made (${(stderr ?? message).trim()}); they need root and the Debian package iproute2`;
  }
})();

export function startMachines(count: number, hostCount: number): Machines {
  const own = `wl${process.pid}`;
  const name = (machine: number): string => `${own}m${machine}`;
  const remove = (): void => {
    for (let machine = 0; machine < count; machine += 1) {
      tolerate(() => ip('netns', 'del', name(machine)));
      tolerate(() => ip('link', 'del', name(machine)));
    }
    tolerate(() => ip('link', 'del', own));
  };
  const hosts = Array.from({ length: hostCount }, (_, host) => `${NETWORK}.${101 + host}`);
  const address = `${NETWORK}.1`;
  try {
    ip('link', 'add', own, 'type', 'bridge');
    for (const each of [address, ...hosts]) ip('address', 'add', `${each}/24`, 'dev', own);
    ip('link', 'set', own, 'up');
    for (let machine = 0; machine < count; machine += 1) {
      const namespace = name(machine);
      const inside = (...args: string[]): string => ip('-n', namespace, ...args);
      ip('netns', 'add', namespace);
      ip('link', 'add', namespace, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      ip('link', 'set', namespace, 'master', own, 'up');
      inside('address', 'add', `${NETWORK}.${11 + machine}/24`, 'dev', 'eth0');
      inside('link', 'set', 'eth0', 'up');
      inside('link', 'set', 'lo', 'up');
    }
  } catch (error) {
    remove();
    throw error;
  }
  return {
    address,
    hosts,
    within: (machine) => ['ip', 'netns', 'exec', name(machine)],
    connect: (machine, isConnected) => void ip('link', 'set', name(machine), isConnected ? 'up' : 'down'),
    remove,
  };
}

function tolerate(action: () => void): void {
  try {
    action();
  } catch {
    // It was never made.
  }
}

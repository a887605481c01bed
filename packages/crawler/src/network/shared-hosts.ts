import type { HostLimits } from './host-state.ts';

/** A robots.txt as its site sent it. */
export interface SharedRobots {
  status: number;
  body: Buffer;
}

/** What crawls on several machines know together of the hosts that they ask. Each keeps its own pace beside it. */
export interface SharedHosts {
  /**
   * Waits for leave to ask a host once more, as far as the others are concerned.
   * @returns what to call when the answer is in
   */
  acquire(host: string, limits: HostLimits): Promise<() => void>;
  /** What another of them was told by the robots.txt of an origin; null if nobody has asked yet. */
  robots(origin: string): Promise<SharedRobots | null>;
  /** Lets the others know a robots.txt. */
  keepRobots(origin: string, robots: SharedRobots, timeToLiveMillis: number): Promise<void>;
}

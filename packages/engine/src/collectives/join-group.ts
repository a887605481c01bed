import { networkInterfaces } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../engine-error.ts';
import { loadEngine } from '../load.ts';
import type { Binding, NodeBackend } from '../node-backend.ts';
import { type Address, parseAddresses, publicAddresses } from './addresses.ts';
import { ALONE } from './alone.ts';
import type { Group } from './group.ts';
import { hasJoined, setJoined } from './joined-group.ts';
import { Membership } from './membership.ts';
import { serverDef } from './server-def.ts';
import { TensorFlowGroup } from './tensorflow-group.ts';
import { waitForPeers } from './wait-for-peers.ts';

/** A place among ranks. */
export interface JoinOptions {
  /** `host:port` of every rank, in rank order, the same on all of them. */
  addresses: readonly string[];
  /** Which of them this process is. */
  rank: number;
  /** A rank that hasn't answered for so long is taken for lost; 30 unless told. */
  timeoutSeconds?: number;
  /** How long the others may take to start; 300 unless told. */
  joinSeconds?: number;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** Told that strangers may reach the server; a GroupWarning of the process unless told. */
  onWarning?: (sentence: string) => void;
}

/**
 * Joins this process with others: starts the server of its rank and waits until all have come. A process can join once, and should before
 * it makes variables. The server listens on all interfaces, without authentication: `onWarning` is told so where one of them, or an
 * address, is neither loopback nor private. With one address there is neither server nor waiting: {@link ALONE}.
 * @throws EngineError for addresses or a rank that can't be, a port that is taken, or an engine that can't
 * @throws GroupError when the others don't come
 */
export async function joinGroup(options: JoinOptions): Promise<Group> {
  const { addresses, rank, timeoutSeconds = 30, joinSeconds = 300, signal, onWarning = warnProcess } = options;
  const parsed = parseAddresses(addresses, rank);
  if (addresses.length === 1) return ALONE;
  if (hasJoined()) throw new Error('This process has joined a group before; a process can once.');
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3'; // a lost rank is told by a GroupError
  await loadEngine();
  const backend = tf.backend() as NodeBackend;
  if (backend.binding.enableCollectives === undefined) {
    throw new EngineError('ENGINE_ALONE', "This engine can't join processes; run `wenlan engine install`.");
  }
  const binding = backend.binding as Required<Binding>;
  startServer(binding, addresses, rank, parsed);
  const member = new Membership(binding, { rank, addresses, timeoutMillis: timeoutSeconds * 1000 });
  setJoined(member);
  const warning = warningOfStrangers(parsed, rank);
  if (warning !== undefined) onWarning(warning);
  const group = new TensorFlowGroup(backend, member);
  await waitForPeers(parsed, rank, joinSeconds * 1000, signal);
  member.watch();
  await group.barrier();
  return group;
}

function startServer(binding: Required<Binding>, addresses: readonly string[], rank: number, parsed: readonly Address[]): void {
  try {
    binding.enableCollectives(serverDef(addresses, rank));
  } catch (error) {
    throw new EngineError(
      'GROUP_PORT',
      `Rank ${rank} can't listen on port ${parsed[rank]!.port}: end what listens there, or give the ranks other addresses.`,
      { cause: error },
    );
  }
}

function warningOfStrangers(addresses: readonly Address[], rank: number): string | undefined {
  const open = publicAddresses(addresses, networkInterfaces());
  if (open.length === 0) return undefined;
  return `Whoever reaches port ${addresses[rank]!.port} of this machine can run anything in this process: TensorFlow's server listens on all interfaces, without authentication, and ${open.join(', ')} is a public address; let a firewall keep others away.`;
}

function warnProcess(sentence: string): void {
  process.emitWarning(sentence, 'GroupWarning');
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Binding } from '../node-backend.ts';
import { GroupError } from './group-error.ts';
import { taskName } from './server-def.ts';

/** How long one look at a peer may take: what is in flight at the end of the process is waited for. */
const CHECK_MILLIS = 2_000;
const MOST_PAUSE_MILLIS = 5_000;

/** Which rank this process is, and of whom. */
export interface Place {
  rank: number;
  /** `host:port` of all ranks. */
  addresses: readonly string[];
  /** A rank that hasn't answered for so long is taken for lost. */
  timeoutMillis: number;
}

/** This process among the ranks: it takes turns with what waits for the others, watches them, and says which one is lost. */
export class Membership {
  readonly rank: number;
  readonly size: number;
  readonly #binding: Required<Binding>;
  readonly #addresses: readonly string[];
  readonly #timeoutMillis: number;
  readonly #peers: number[];
  readonly #keys = new Map<string, number>();
  #failure: GroupError | undefined;
  #inFlight = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #watching: Promise<void> | undefined;
  #stopWatching = new AbortController();

  constructor(binding: Required<Binding>, { rank, addresses, timeoutMillis }: Place) {
    this.rank = rank;
    this.size = addresses.length;
    this.#binding = binding;
    this.#addresses = addresses;
    this.#timeoutMillis = timeoutMillis;
    this.#peers = addresses.map((_, peer) => peer).filter((peer) => peer !== rank);
    // An end of the process would wait for the threads that wait for the others.
    process.on('exit', () => this.#abortInFlight());
  }

  /**
   * The key by which an operation meets those of the other ranks. It is the same each time, as TensorFlow keeps something for every new one,
   * and counted in the order of first use, which is the same on all ranks. @param occurrence among equals in one program
   */
  keyOf(signature: string, occurrence = 0): number {
    const name = `${signature} ${occurrence}`;
    const key = this.#keys.get(name) ?? this.#keys.size;
    this.#keys.set(name, key);
    return key;
  }

  together<T>(work: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return work();
    } catch (error) {
      throw isCollective(error) ? this.#disagreement(error) : error;
    }
  }

  togetherAsync<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      this.#inFlight++;
      try {
        return await work();
      } catch (error) {
        throw isCollective(error) ? await this.#explain(error) : error;
      } finally {
        this.#inFlight--;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Looks from now on whether the others answer. */
  watch(): void {
    this.#watching = this.#watchPeers();
  }

  async leave(): Promise<void> {
    this.#failure ??= new GroupError('This rank has left its group.');
    this.#stopWatching.abort();
    this.#abortInFlight();
    await this.#watching;
    await this.#turn;
  }

  async #watchPeers(): Promise<void> {
    const { signal } = this.#stopWatching;
    const lastAnswers = new Map(this.#peers.map((peer) => [peer, performance.now()]));
    while (!signal.aborted) {
      for (const peer of this.#peers) {
        const problem = await this.#problemOf(peer);
        if (signal.aborted) return;
        if (problem === '') lastAnswers.set(peer, performance.now());
        else if (/refused|reset|closed/i.test(problem)) return this.#giveUp(this.#ended(await this.#lostPeers()));
        else if (performance.now() - lastAnswers.get(peer)! > this.#timeoutMillis) return this.#giveUp(this.#silent(peer));
      }
      await sleep(Math.min(MOST_PAUSE_MILLIS, this.#timeoutMillis / 4), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #abortInFlight(): void {
    if (this.#inFlight > 0) this.#binding.abortCollectives('this rank has left its group');
  }

  #problemOf(peer: number): Promise<string> {
    return this.#binding.checkPeer(taskName(peer), Math.min(CHECK_MILLIS, this.#timeoutMillis));
  }

  /** TensorFlow notices by itself only that a rank ends from which it is receiving. */
  #giveUp(sentence: string): void {
    this.#failure ??= new GroupError(sentence);
    this.#binding.abortCollectives(sentence);
  }

  /** What a failed operation of all ranks means. */
  async #explain(thrown: unknown): Promise<GroupError> {
    if (this.#failure !== undefined) return this.#failure;
    const lost = await this.#lostPeers();
    if (lost.length === 0) return this.#disagreement(thrown);
    this.#failure ??= new GroupError(this.#ended(lost), { cause: thrown });
    return this.#failure;
  }

  /** One that ended may have been ended by another: both are told. */
  async #lostPeers(): Promise<number[]> {
    const problems = await Promise.all(this.#peers.map((peer) => this.#problemOf(peer)));
    return this.#peers.filter((_, index) => problems[index] !== '');
  }

  #ended(peers: readonly number[]): string {
    const names = peers.map((peer) => this.#name(peer)).join(' and ');
    return `${names} ${peers.length === 1 ? 'has' : 'have'} ended, and rank ${this.rank} can't go on alone: see what was said there, mend it and start all ranks again.`;
  }

  #silent(peer: number): string {
    const seconds = Math.round(this.#timeoutMillis / 1000);
    return `${this.#name(peer)} hasn't answered for ${seconds} s: it is stopped, or the network between is cut; end it and start all ranks again.`;
  }

  #disagreement(error: unknown): GroupError {
    const said = (error as Error).message
      .replaceAll(/\{\{function_node \S+\}\}|\[\[\{\{.*\}\}\]\]|Additional GRPC error[^]*|The error could be from[^]*/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    this.#failure ??= new GroupError(
      `The ranks can't compute together (${said}): run the same version with the same settings on all of them, and start all again.`,
      { cause: error },
    );
    return this.#failure;
  }

  #name(peer: number): string {
    return `Rank ${peer} (${this.#addresses[peer]})`;
  }
}

/** Whether TensorFlow says so of an operation of all ranks; others, such as one that finds no memory, fail within them too. */
function isCollective(error: unknown): boolean {
  return error instanceof Error && /collective|socket closed|\/job:worker/i.test(error.message);
}

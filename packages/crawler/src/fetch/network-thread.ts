import { Worker } from 'node:worker_threads';
import { siblingModule } from '@wenlan/shards';
import { DESTROYED, FetchFailure } from './failure.ts';
import type { NetworkOptions } from './local-network.ts';
import type { Failed, FromThread, Responded, ToThread } from './network-message.ts';
import { restoreFailure, restorePicture } from './network-message.ts';
import type { OneRequest, Response } from './request-once.ts';

interface Pending {
  resolve: (response: Response) => void;
  reject: (error: Error) => void;
}

/** A network that lives in a thread of its own. What is asked and answered in one turn of the event loop crosses in one message. */
export class NetworkThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #onOverload: (host: string) => void;
  #outbox: ToThread = [];
  #lastId = 0;
  #isReady = false;

  constructor(options: NetworkOptions, onOverload: (host: string) => void) {
    this.#onOverload = onOverload;
    this.#worker = startWorker(options);
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('exit', () => this.#giveUp());
  }

  /** Whether it has started; requests made earlier would wait for it. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** @throws FetchFailure */
  request(asked: OneRequest): Promise<Response> {
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#outbox.length === 0) setImmediate(() => this.#send());
    this.#outbox.push({ id, asked });
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** Gives up everything under way. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(): void {
    this.#worker.postMessage(this.#outbox, []);
    this.#outbox = [];
  }

  #receive(message: FromThread): void {
    if (message === 'ready') this.#isReady = true;
    else if ('overloadedBy' in message) this.#onOverload(message.overloadedBy);
    else for (const answer of message.answers) this.#settle(answer);
  }

  #settle(answer: Responded | Failed): void {
    const { resolve, reject } = this.#pending.get(answer.id)!;
    this.#pending.delete(answer.id);
    if ('failure' in answer) {
      reject(restoreFailure(answer.failure));
      return;
    }
    const { status, headers, firstByteMillis, body, refusal, picture } = answer.response;
    resolve({
      status,
      headers,
      firstByteMillis,
      body: Buffer.from(body),
      refusal: refusal === null ? null : restoreFailure(refusal),
      picture: picture === null ? null : restorePicture(picture),
    });
  }

  #giveUp(): void {
    this.#isReady = false;
    const cause = Object.assign(new Error('given up'), { code: DESTROYED });
    for (const { reject } of this.#pending.values()) reject(new FetchFailure('tcp', 'given up', { cause }));
    this.#pending.clear();
  }
}

/** An error that the thread doesn't expect is one of this program: nobody listens to it, so that it ends the process. */
function startWorker(workerData: NetworkOptions): Worker {
  const host = siblingModule('./network-thread-host', import.meta.url);
  if (host.pathname.endsWith('.js')) return new Worker(host, { workerData });
  return new Worker(new URL('./source-boot.mjs', import.meta.url), { workerData, execArgv: ['--conditions=@wenlan/source'] });
}

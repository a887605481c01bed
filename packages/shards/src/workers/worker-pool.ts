import { Worker } from 'node:worker_threads';
import type { TransferListItem } from 'node:worker_threads';
import { restoreThrown } from './thrown.ts';
import type { Thrown } from './thrown.ts';

/** What a module must export to be run by a {@link WorkerPool}. */
export interface WorkerModule<Task, Result> {
  /** May keep state of its own from task to task; results may not depend on it. */
  run: (task: Task) => Result | Promise<Result>;
  /** What of a result is moved to the caller's thread instead of copied. */
  transferables?: (result: Result) => TransferListItem[];
}

interface Pending {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

interface Member {
  worker: Worker;
  pending: Map<number, Pending>;
}

/**
 * Runs a module's function in worker threads, or in the caller's thread where there are none.
 * Threads start with the first task. An idle pool doesn't keep the process alive.
 */
export class WorkerPool<Task, Result> {
  readonly #module: URL;
  readonly #workers: number;
  readonly #members: Member[] = [];
  #inline: Promise<WorkerModule<Task, Result>> | undefined;
  #lastId = 0;

  /** @param module address of a {@link WorkerModule}, `.ts` or `.js` as the file that names it: see {@link siblingModule} */
  constructor(module: URL, workers: number) {
    this.#module = module;
    this.#workers = workers;
  }

  /** Hands a task to the least busy worker, which runs its tasks one after the other. */
  async run(task: Task): Promise<Result> {
    if (this.#workers === 0) {
      this.#inline ??= import(this.#module.href) as Promise<WorkerModule<Task, Result>>;
      return (await this.#inline).run(task);
    }
    while (this.#members.length < this.#workers) this.#members.push(this.#start());
    const member = this.#members.reduce((best, other) => (other.pending.size < best.pending.size ? other : best));
    const id = (this.#lastId += 1);
    return new Promise<Result>((resolve, reject) => {
      member.pending.set(id, { resolve, reject });
      member.worker.ref();
      member.worker.postMessage({ id, task }, []);
    });
  }

  /**
   * Runs a task for each item and yields the results in the order of the items.
   * @param maxInFlight how many items are taken ahead of the result that is yielded next
   */
  async *map(tasks: Iterable<Task> | AsyncIterable<Task>, maxInFlight: number): AsyncGenerator<Result, void, undefined> {
    const results: Promise<Result>[] = [];
    try {
      for await (const task of tasks) {
        const result = this.run(task);
        // Awaited in its turn; until then a failure isn't "unhandled".
        result.catch(() => {});
        results.push(result);
        if (results.length >= maxInFlight) yield await results.shift()!;
      }
      while (results.length > 0) yield await results.shift()!;
    } finally {
      await Promise.allSettled(results);
    }
  }

  /** Ends the threads; tasks that still run are rejected. */
  async close(): Promise<void> {
    await Promise.all(this.#members.splice(0).map(({ worker }) => worker.terminate()));
  }

  #start(): Member {
    const worker = startWorker(this.#module);
    const member: Member = { worker, pending: new Map() };
    const fail = (error: Error): void => {
      const index = this.#members.indexOf(member);
      if (index >= 0) this.#members.splice(index, 1);
      for (const { reject } of member.pending.values()) reject(error);
      member.pending.clear();
    };
    worker.on('message', ({ id, result, thrown }: { id: number; result: never; thrown?: Thrown }) => {
      const pending = member.pending.get(id);
      member.pending.delete(id);
      if (member.pending.size === 0) worker.unref();
      if (thrown === undefined) pending?.resolve(result);
      else pending?.reject(restoreThrown(thrown));
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`A worker thread running ${this.#module.pathname} ended with status ${code}.`)));
    worker.unref();
    return member;
  }
}

/**
 * The address of a module beside the one that asks, under the extension that it has now: `.ts` when run from source, `.js`
 * when built. The compiler rewrites import specifiers, but not the strings of `new URL()`.
 * @param name such as `./decode-samples`
 * @param base the `import.meta.url` of the module that asks
 */
export function siblingModule(name: string, base: string): URL {
  return new URL(name + (base.endsWith('.ts') ? '.ts' : '.js'), base);
}

function startWorker(module: URL): Worker {
  const host = siblingModule('./worker-host', import.meta.url);
  const workerData = { module: module.href };
  if (host.pathname.endsWith('.js')) return new Worker(host, { workerData });
  return new Worker(new URL('./source-boot.mjs', import.meta.url), { workerData, execArgv: ['--conditions=@wenlan/source'] });
}

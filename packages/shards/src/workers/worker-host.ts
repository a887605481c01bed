import { parentPort, workerData } from 'node:worker_threads';
import { describeThrown } from './thrown.ts';
import type { WorkerModule } from './worker-pool.ts';

const { module } = workerData as { module: string };
const { run, transferables } = (await import(module)) as WorkerModule<unknown, unknown>;

// One task after the other: what a task does at once within itself is its own affair, and bounds the memory of a worker.
let turn = Promise.resolve();
parentPort?.on('message', ({ id, task }: { id: number; task: unknown }) => {
  turn = turn.then(() => answer(id, task));
});

async function answer(id: number, task: unknown): Promise<void> {
  try {
    const result = await run(task);
    parentPort?.postMessage({ id, result }, transferables?.(result) ?? []);
  } catch (error) {
    parentPort?.postMessage({ id, thrown: describeThrown(error) }, []);
  }
}

import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from './failure.ts';
import { LocalNetwork } from './local-network.ts';
import type { NetworkOptions } from './local-network.ts';
import type { Failed, FromThread, Responded, ToThread } from './network-message.ts';
import { noteOfFailure, noteOfPicture } from './network-message.ts';
import type { OneRequest } from './request-once.ts';

/** The thread of a {@link NetworkThread}. */
const tell = (message: FromThread, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(message, moved);
const network = new LocalNetwork(workerData as NetworkOptions, (host) => tell({ overloadedBy: host }));
let outbox: (Responded | Failed)[] = [];

parentPort?.on('message', (requests: ToThread) => {
  for (const { id, asked } of requests) void answer(id, asked);
});
tell('ready');

async function answer(id: number, asked: OneRequest): Promise<void> {
  const answered = await respond(id, asked);
  if (outbox.length === 0) setImmediate(send);
  outbox.push(answered);
}

async function respond(id: number, asked: OneRequest): Promise<Responded | Failed> {
  try {
    const { status, headers, body, refusal, firstByteMillis, picture } = await network.request(asked);
    const notes = {
      refusal: refusal === null ? null : noteOfFailure(refusal),
      picture: picture === null ? null : noteOfPicture(picture),
    };
    return { id, response: { status, headers, firstByteMillis, body: ownBuffer(body), ...notes } };
  } catch (error) {
    return { id, failure: noteOfFailure(failureOf(error)) };
  }
}

function send(): void {
  const answers = outbox;
  outbox = [];
  tell(
    { answers },
    answers.flatMap((answer) => ('response' in answer ? answer.response.body : [])),
  );
}

/** A body that has a buffer for itself is moved with it; one that lies in another, such as the pool of short ones, is copied. */
function ownBuffer({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  const isWhole = byteOffset === 0 && byteLength === buffer.byteLength && byteLength > 0;
  return isWhole ? (buffer as ArrayBuffer) : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}

import type { Dispatcher } from 'undici';
import type { Bandwidth } from '../network/bandwidth.ts';
import { FetchFailure } from './failure.ts';
import type { BodyLimit, ResponseHeaders } from './request-once.ts';

/** A body that nobody wants is read this far, so that its connection can be used again. */
const MAX_DUMPED_BYTES = 16_384;

const EMPTY = Buffer.alloc(0);

/** What came back, as it was sent. */
export interface RawResponse {
  status: number;
  headers: ResponseHeaders;
  body: Buffer;
  refusal: FetchFailure | null;
  /** From the request to the response's headers. */
  firstByteMillis: number;
}

export interface ResponseReaderOptions {
  limit: BodyLimit;
  /** Looks at the headers of a 2xx response: a reason not to read its body, or null. */
  screen: ((headers: ResponseHeaders) => FetchFailure | null) | null;
  totalTimeoutMillis: number;
  bandwidth: Bandwidth;
  settle: (result: RawResponse | Error) => void;
}

/** Takes a response from undici piece by piece, without a stream, and gives up as soon as a limit is passed. */
export class ResponseReader implements Dispatcher.DispatchHandler {
  readonly #options: ResponseReaderOptions;
  readonly #startedAt = performance.now();
  #deadline: NodeJS.Timeout;
  #deadlineAt: number;
  #controller: Dispatcher.DispatchController | undefined;
  #response: RawResponse | undefined;
  /** The whole body, where its length was announced. */
  #whole: Buffer | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isSettled = false;

  constructor(options: ResponseReaderOptions) {
    this.#options = options;
    this.#deadlineAt = this.#startedAt + options.totalTimeoutMillis;
    this.#deadline = setTimeout(() => this.#tooSlow(), options.totalTimeoutMillis);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isSettled) controller.abort(new Error('given up'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    const { limit, screen } = this.#options;
    const firstByteMillis = performance.now() - this.#startedAt;
    const response = { status, headers, body: EMPTY, refusal: null, firstByteMillis };
    this.#response = response;
    if (status < 200 || status >= 300) return;
    const refusal = screen?.(headers) ?? null;
    const announced = Number(headers['content-length']);
    if (refusal !== null) this.#giveUp({ ...response, refusal });
    else if (announced > limit.maxBytes && limit.excess === 'refuse') {
      this.#giveUp(new FetchFailure('too-big', `${announced} bytes are announced, and ${limit.maxBytes} allowed`));
    } else if (announced > 0 && announced <= limit.maxBytes) this.#whole = Buffer.allocUnsafeSlow(announced);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { limit, bandwidth } = this.#options;
    if (this.#isSettled) return;
    const { status } = this.#response!;
    const before = this.#bytes;
    this.#bytes += chunk.length;
    if (status < 200 || status >= 300) {
      if (this.#bytes > MAX_DUMPED_BYTES) this.#giveUp(this.#response!);
      return;
    }
    if (this.#whole !== undefined) chunk.copy(this.#whole, before);
    else this.#chunks.push(chunk);
    if (this.#bytes > limit.maxBytes) {
      if (limit.excess === 'cut') this.#giveUp(this.#received());
      else this.#giveUp(new FetchFailure('too-big', `more than the ${limit.maxBytes} bytes allowed`));
      return;
    }
    const waitMillis = bandwidth.receive(chunk.length);
    if (waitMillis > 0) this.#wait(controller, waitMillis);
  }

  onResponseEnd(): void {
    this.#settle(this.#received());
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle(error);
  }

  /** We wait, not the server: its deadline is put off. */
  #wait(controller: Dispatcher.DispatchController, millis: number): void {
    controller.pause();
    clearTimeout(this.#deadline);
    this.#deadlineAt += millis;
    this.#deadline = setTimeout(() => this.#tooSlow(), Math.max(1, this.#deadlineAt - performance.now()));
    setTimeout(() => {
      if (!this.#isSettled) controller.resume();
    }, millis);
  }

  #tooSlow(): void {
    this.#giveUp(new FetchFailure('too-slow', `not complete after ${this.#options.totalTimeoutMillis} ms`));
  }

  #received(): RawResponse {
    const { maxBytes } = this.#options.limit;
    const body = this.#whole?.subarray(0, this.#bytes) ?? Buffer.concat(this.#chunks, Math.min(this.#bytes, maxBytes));
    return { ...this.#response!, body };
  }

  #settle(result: RawResponse | Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    this.#chunks = [];
    this.#options.settle(result);
  }

  /** Settles before the end: what is still to come, nobody reads. */
  #giveUp(result: RawResponse | Error): void {
    this.#settle(result);
    this.#controller?.abort(new Error('given up'));
  }
}

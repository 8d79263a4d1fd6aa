// Sends requests, each with a time limit; again when that is safe and may help.
import { pause, type Clock, type Random } from './clock.ts';
import { NetworkError, ProblemError, TimeoutError, UnreadableAnswerError } from './errors.ts';
import { delayMs, isWorthRepeating, readRetryAfter, retryAfterMs, type RetryOptions } from './retries.ts';

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    keepalive?: boolean;
    signal: AbortSignal;
  },
) => Promise<Pick<Response, 'status' | 'headers' | 'text'>>;

export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** For each attempt, instead of the client's. */
  readonly timeoutMs?: number;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** The request survives the page that sent it. */
  readonly keepalive?: boolean;
  /** Of a write that would otherwise be done again when it is sent again. */
  readonly idempotencyKey?: string;
}

export interface RequestsOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly timeoutMs: number;
  readonly retries: Required<RetryOptions>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: Random;
}

export class Requests {
  readonly #options: RequestsOptions;

  constructor(options: RequestsOptions) {
    this.#options = { ...options, url: options.url.replace(/\/+$/, '') };
  }

  /** @throws FreshetError, or the signal's reason */
  async send<T>(call: Call): Promise<T> {
    const { clock, random, retries } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once<T>(call);
      } catch (error) {
        const mayRepeat = isWorthRepeating(error) || isOwnUnderWay(error, call, attempt);
        if (!mayRepeat || attempt >= retries.attemptsMax || retryAfterMs(error) > retries.retryAfterMsMax) throw error;
        await pause(clock, delayMs(attempt, error, retries, random), call.signal);
      }
    }
  }

  /** One attempt. @throws FreshetError, or the signal's reason */
  async once<T>(call: Call): Promise<T> {
    call.signal?.throwIfAborted();
    const { method, path, timeoutMs = this.#options.timeoutMs } = call;
    const limit = new AbortController();
    const abort = () => limit.abort();
    call.signal?.addEventListener('abort', abort);
    let isLate = false;
    const takeBack = this.#options.clock.after(timeoutMs, () => {
      isLate = true;
      abort();
    });
    try {
      return await this.#answer<T>(call, limit.signal);
    } catch (error) {
      call.signal?.throwIfAborted();
      if (isLate) throw new TimeoutError(method, path, timeoutMs);
      throw error;
    } finally {
      takeBack();
      call.signal?.removeEventListener('abort', abort);
    }
  }

  async #answer<T>(call: Call, signal: AbortSignal): Promise<T> {
    const { status, headers, text } = await this.#exchange(call, signal);
    const body = parsed(text);
    if (status >= 200 && status < 300 && body !== undefined) return body as T; // as the API's document says
    // A proxy's pages say no more than its status.
    const isProblem = typeof body === 'object' && body !== null;
    if (status < 400) throw new UnreadableAnswerError(call.method, call.path, status);
    throw new ProblemError(status, isProblem ? (body as Record<string, unknown>) : {}, {
      requestId: headers.get('x-request-id'),
      retryAfterMs: readRetryAfter(headers.get('retry-after'), this.#options.clock.nowMs()),
    });
  }

  async #exchange({ method, path, body, keepalive, idempotencyKey }: Call, signal: AbortSignal) {
    const { url, key, fetch } = this.#options;
    const sent = {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    try {
      const response = await fetch(url + path, {
        method,
        headers: sent,
        signal,
        ...(body !== undefined && { body }),
        ...(keepalive === true && { keepalive }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      throw new NetworkError(method, path, error);
    }
  }
}

/** The former attempt may have been cut off here and go on there. */
function isOwnUnderWay(error: unknown, { idempotencyKey }: Call, attempt: number): boolean {
  return error instanceof ProblemError && error.status === 409 && idempotencyKey !== undefined && attempt > 1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller says what was answered instead
  }
}

// All that a call can fail with. Whoever aborts a call gets their own reason back instead.
import type { Wrong } from './api-types.ts';

/** `instanceof FreshetError`, then switch on `kind`. */
export type AnyFreshetError = ProblemError | NetworkError | TimeoutError | UnreadableAnswerError;

/** What all of them have in common. */
export class FreshetError extends Error {
  override readonly name: string = 'FreshetError';
}

/** The server answered that it can't or won't. */
export class ProblemError extends FreshetError {
  readonly kind = 'problem';
  override readonly name = 'ProblemError';
  readonly status: number;
  /** Each mistake, with a JSON pointer into the body or the name of a parameter. */
  readonly errors: readonly Wrong[];
  /** Names the request in the server's log output. */
  readonly requestId: string | null;
  /** How long the server wants to be left alone. */
  readonly retryAfterMs: number | null;
  /** The problem as it was answered, with members such as `results`. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>, told: Told) {
    super(`${status}: ${typeof problem['detail'] === 'string' ? problem['detail'] : 'no reason was given'}`);
    this.status = status;
    this.problem = problem;
    this.errors = Array.isArray(problem['errors']) ? (problem['errors'] as Wrong[]) : [];
    this.requestId = told.requestId;
    this.retryAfterMs = told.retryAfterMs;
  }
}

interface Told {
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

/** No answer came: the server or the way to it is down, or the browser does not let the page read it (CORS). */
export class NetworkError extends FreshetError {
  readonly kind = 'network';
  override readonly name = 'NetworkError';
  constructor(method: string, path: string, cause: unknown) {
    super(`No answer to ${method} ${path}.`, { cause });
  }
}

/** No whole answer came in time. */
export class TimeoutError extends FreshetError {
  readonly kind = 'timeout';
  override readonly name = 'TimeoutError';
  constructor(method: string, path: string, timeoutMs: number) {
    super(`No answer to ${method} ${path} within ${timeoutMs} ms.`);
  }
}

/** What came is not what Freshet answers: something between here and the server did. */
export class UnreadableAnswerError extends FreshetError {
  readonly kind = 'unreadable_answer';
  override readonly name = 'UnreadableAnswerError';
  readonly status: number;
  constructor(method: string, path: string, status: number) {
    super(`The answer ${status} to ${method} ${path} is none of Freshet’s.`);
    this.status = status;
  }
}

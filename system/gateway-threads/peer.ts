// Calls between two threads, in both directions, over a message port. Each side gives the methods that the other may call.
import type { MessagePort, Transferable, Worker } from 'node:worker_threads';
import { DependencyUnavailable } from '../../streams/errors.ts';

/** One argument and one result each: what structured cloning can carry, and typed by both sides' common interface. */
export type Methods = Readonly<Record<string, (argument: never) => unknown>>;

type Argument<M extends Methods, Name extends keyof M> = Parameters<M[Name]>[0];
type Result<M extends Methods, Name extends keyof M> = Awaited<ReturnType<M[Name]>>;

type Message =
  | { readonly method: string; readonly argument: unknown; readonly call: number }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly failure: Failure };

/** What of an error the other side acts on. */
interface Failure {
  readonly message: string;
  /** Set when a dependency was away; with the system's code of what was the cause. */
  readonly dependency?: string;
  readonly code?: unknown;
}

const noAnswer = 0;

/** Calls `Theirs`, answers `Ours`. */
export class Peer<Theirs extends Methods> {
  readonly #port: MessagePort | Worker;
  readonly #ours: Methods;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = noAnswer;
  #gone: Error | null = null;
  /** To be sent together: a message costs much the same whatever is in it. */
  #unsent: Message[] = [];
  #transfers: Transferable[] = [];

  constructor(port: MessagePort | Worker, ours: Methods) {
    this.#port = port;
    this.#ours = ours;
    const receive = (messages: readonly Message[]) => {
      for (const message of messages) this.#receive(message);
    };
    (port as MessagePort).on('message', receive); // a Worker has the same event, under other overloads
  }

  /** @throws DependencyUnavailable as there; Error with the message that there was. */
  call<Name extends keyof Theirs & string>(
    method: Name,
    argument: Argument<Theirs, Name>,
    transfer: readonly Transferable[] = [],
  ): Promise<Result<Theirs, Name>> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const answer = Promise.withResolvers<unknown>();
    this.#calls += 1;
    this.#waiting.set(this.#calls, answer);
    this.#post({ call: this.#calls, method, argument }, transfer);
    // After all that has arrived here: calls are made one in each callback of a socket.
    if (this.#unsent.length === 1) setImmediate(() => this.#send());
    return answer.promise as Promise<Result<Theirs, Name>>; // the other side answers what its interface says
  }

  /** Calls without waiting for an answer. Calls and tellings arrive in the order that they were made. */
  tell<Name extends keyof Theirs & string>(method: Name, argument: Argument<Theirs, Name>): void {
    if (this.#gone === null) this.#postSoon({ call: noAnswer, method, argument });
  }

  /** Fails what waits for an answer, and all later calls. */
  end(reason: Error): void {
    this.#gone = reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #receive(message: Message): void {
    if ('method' in message) return void this.#answer(message);
    const waiting = this.#waiting.get(message.answer);
    this.#waiting.delete(message.answer);
    if ('failure' in message) waiting?.reject(errorOf(message.failure));
    else waiting?.resolve(message.value);
  }

  async #answer({ call, method, argument }: { call: number; method: string; argument: unknown }): Promise<void> {
    try {
      const value = await this.#ours[method]?.(argument as never);
      if (call !== noAnswer) this.#postSoon({ answer: call, value });
    } catch (error) {
      if (call === noAnswer) throw error; // nobody else would learn of it
      this.#postSoon({ answer: call, failure: failureOf(error) });
    }
  }

  /** Once the promises that have come true together have all had their say. */
  #postSoon(message: Message): void {
    this.#post(message, []);
    process.nextTick(() => this.#send());
  }

  #post(message: Message, transfer: readonly Transferable[]): void {
    this.#unsent.push(message);
    this.#transfers.push(...transfer);
  }

  #send(): void {
    const messages = this.#unsent;
    if (messages.length === 0) return;
    const transfers = this.#transfers;
    this.#unsent = [];
    this.#transfers = [];
    this.#port.postMessage(messages, transfers);
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, cause } = error;
  const code = codeOf(error) ?? codeOf(cause);
  const fields = { message, ...(code !== undefined && { code }) };
  return error instanceof DependencyUnavailable ? { ...fields, dependency: error.dependency } : fields;
}

function errorOf({ message, dependency, code }: Failure): Error {
  const withCode = (error: Error) => (code === undefined ? error : Object.assign(error, { code }));
  if (dependency === undefined) return withCode(new Error(message));
  return new DependencyUnavailable(
    dependency,
    message,
    code === undefined ? undefined : { cause: withCode(new Error(message)) },
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

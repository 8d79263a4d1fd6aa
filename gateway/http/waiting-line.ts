// The line in which requests wait while more of them come than can be answered, and which is never longer than worth it.
//
// Without it, one turn of the event loop handles everything that has arrived, however long that takes, and meanwhile nothing else
// happens: Node accepts a single new connection per turn, timers are late, the processing stands still. So requests get a slice of
// each turn, and what does not fit waits in order. Whoever would wait too long is told at once to come back later.
//
// Reads are turned away first. A page without its list shows another one; a click that is not accepted may be lost.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

export interface WaitingLineOptions {
  readonly serve: RequestListener;
  readonly turnAway: RequestListener;
  /** Beyond it reads are turned away, and writes beyond a multiple of it. */
  readonly waitMsMax: number;
  readonly nowMs: () => number;
  /** Calls back once other things had their turn. */
  readonly nextTurn: (then: () => void) => void;
}

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sinceMs: number;
}

/** What requests may take of a turn. Short, as each turn lets one connection in; long enough that turns themselves cost little. */
const sliceMs = 4;
const writesPatience = 3;
/** With so few it is something else that takes the time: turning them away would help nobody. */
const fewMax = 16;
const servedKeptMax = 1000;
/** How much former slices count in what a request is thought to take: one that something else held up must not decide alone. */
const formerShare = 0.8;

export class WaitingLine {
  readonly #options: WaitingLineOptions;
  #waiting: Waiting[] = [];
  /** Those before it are served already: taking them out one by one would move all others each time. */
  #next = 0;
  #sliceBeganMs = -Infinity;
  #isTurnAwaited = false;
  /** Of the latest slices: what they took, and how many they served. */
  #recent = { ms: 0, served: 0 };
  /** In the slice before, if the line has stood since; else 0. */
  #servedBefore = 0;

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length - this.#next;
  }

  /** The answers that are still to be begun, in order. */
  responses(): ServerResponse[] {
    return this.#waiting.slice(this.#next).map(({ response }) => response);
  }

  enter(request: IncomingMessage, response: ServerResponse): void {
    const nowMs = this.#options.nowMs();
    if (this.length === 0 && nowMs - this.#sliceBeganMs < sliceMs) return this.#options.serve(request, response);
    if (this.length > fewMax && this.length * this.#msPerRequest() > this.#patienceWith(request))
      return this.#options.turnAway(request, response);
    this.#waiting.push({ request, response, sinceMs: nowMs });
    this.#awaitTurn();
  }

  #awaitTurn(): void {
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    this.#options.nextTurn(() => {
      this.#isTurnAwaited = false;
      this.#serveSlice();
    });
  }

  #serveSlice(): void {
    const beganMs = this.#options.nowMs();
    // From slice to slice, so that whatever else the process does in between counts.
    if (this.#servedBefore > 0) this.#learn(beganMs - this.#sliceBeganMs, this.#servedBefore);
    this.#sliceBeganMs = beganMs;
    this.#servedBefore = 0;
    while (this.length > 0 && this.#options.nowMs() - beganMs < sliceMs) this.#serveNext();
    this.#forgetServed();
    if (this.length > 0) this.#awaitTurn();
    else this.#servedBefore = 0;
  }

  #serveNext(): void {
    const { request, response, sinceMs } = this.#waiting[this.#next++] as Waiting; // The line is not empty.
    if (response.destroyed || request.socket.destroyed) return; // Who has left is owed nothing.
    this.#servedBefore += 1;
    const waitedMs = this.#options.nowMs() - sinceMs;
    // It took longer than was thought when they came: with those who gave up, others get their turn in time.
    const isTooLate = this.length > fewMax && waitedMs > 2 * this.#patienceWith(request);
    if (isTooLate) this.#options.turnAway(request, response);
    else this.#options.serve(request, response);
  }

  #learn(ms: number, served: number): void {
    this.#recent = { ms: this.#recent.ms * formerShare + ms, served: this.#recent.served * formerShare + served };
  }

  #msPerRequest(): number {
    return this.#recent.served === 0 ? 0 : this.#recent.ms / this.#recent.served;
  }

  #patienceWith({ method }: IncomingMessage): number {
    const isRead = method === 'GET' || method === 'HEAD';
    return isRead ? this.#options.waitMsMax : this.#options.waitMsMax * writesPatience;
  }

  #forgetServed(): void {
    if (this.length > 0 && this.#next < servedKeptMax) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }
}

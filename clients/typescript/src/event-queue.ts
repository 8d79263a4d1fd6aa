// Keeps tracked events until they have arrived: in batches, in their order, again after failures, and at once when the page is hidden.
import type { Interaction, InteractionOutcome, InteractionsAccepted, Wrong } from './api-types.ts';
import { pause, type Clock, type Random } from './clock.ts';
import { ProblemError, UnreadableAnswerError } from './errors.ts';
import type { EventStorage } from './event-storage.ts';
import { newId } from './new-id.ts';
import type { Requests } from './requests.ts';
import { delayMs, isWorthRepeating, type RetryOptions } from './retries.ts';
import type { TrackingOptions, Undelivered } from './tracking.ts';

export interface EventQueueOptions extends Required<TrackingOptions> {
  readonly requests: Requests;
  readonly retries: Required<RetryOptions>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onPageHide: (call: () => void) => () => void;
  /** Told what is in the log now, and where. */
  readonly onKept: (customerId: string, position: string | null) => void;
}

interface Queued {
  readonly event: Interaction;
  /** As it is sent. */
  readonly text: string;
  readonly bytes: number;
}

type Arrival = Pick<InteractionsAccepted, 'results' | 'position'>;
type Batch = readonly Queued[];
type Failure = Pick<Undelivered, 'reason'> & Partial<Undelivered>;

/** What browsers let a page's requests carry that outlive it. */
const keepaliveBytesMax = 60_000;
const path = '/api/v1/interactions';
const envelopeBytes = 64;
const utf8 = new TextEncoder();

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #waiting: Queued[] = [];
  #waitingBytes = 0;
  /** All that neither arrived nor was given up, in flight or waiting. */
  readonly #unsettled = new Set<Queued>();
  #unsettledBytes = 0;
  #outlivingBytes = 0;
  #isDraining = false;
  #takeBackFlush: (() => void) | undefined;
  /** Aborted to cut short what waits for its next attempt. */
  #hurry = new AbortController();
  readonly #closing = new AbortController();
  readonly #flushes = new Set<{ readonly left: Set<Queued>; readonly done: () => void }>();
  readonly #ignorePage: () => void;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    this.#ignorePage = options.onPageHide(() => this.#sendAtOnce());
    this.#restore();
  }

  /** Answers the event's id. @throws TypeError when it is no JSON */
  add(given: Interaction): string {
    const { clock, random } = this.#options;
    const id = String(given.interaction_id ?? newId(random));
    const event = { ...given, interaction_id: id, timestamp: given.timestamp ?? clock.nowMs() };
    const queued = asQueued(event, JSON.stringify(event));
    if (this.#closing.signal.aborted) this.#report(queued, { reason: 'closed' });
    else if (!this.#hasRoomFor(queued)) this.#report(queued, { reason: 'queue_full' });
    else {
      this.#onDevice((storage) => storage.keep(id, queued.text));
      this.#keep(queued);
    }
    return id;
  }

  /** Sends what waits. True when all that was added before has arrived or was reported; false when `timeoutMs` pass first. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (this.#unsettled.size === 0) return true;
    const left = new Set(this.#unsettled);
    void this.#drain();
    return new Promise((resolve) => {
      const end = (isSettled: boolean) => {
        takeBack();
        this.#flushes.delete(flush);
        resolve(isSettled);
      };
      const takeBack = this.#options.clock.after(timeoutMs, () => end(false));
      const flush = { left, done: () => end(true) };
      this.#flushes.add(flush);
    });
  }

  /** Flushes; what has not arrived by then is reported. */
  async close(timeoutMs: number): Promise<void> {
    this.#ignorePage();
    await this.flush(timeoutMs);
    this.#closing.abort();
    this.#takeBackFlush?.();
    this.#waiting.length = 0;
    // What is kept on the device is sent by the next program; nothing of it is lost.
    if (this.#options.storage === null) this.#giveUp([...this.#unsettled], { reason: 'closed' });
    this.#hurry.abort();
  }

  /** What a former program has left. There may be more than fit: that waits for the next one. */
  #restore(): void {
    this.#onDevice((storage) => {
      for (const text of storage.kept()) {
        const event = parsed(text);
        if (event === undefined) continue;
        const queued = asQueued(event, text);
        if (this.#hasRoomFor(queued)) this.#keep(queued);
      }
    });
  }

  #hasRoomFor({ bytes }: Queued): boolean {
    const { queueEventsMax, queueBytesMax } = this.#options;
    return this.#unsettled.size < queueEventsMax && this.#unsettledBytes + bytes <= queueBytesMax;
  }

  /** A device that is full, or forbids it, keeps nothing: events are sent all the same. */
  #onDevice(act: (storage: EventStorage) => void): void {
    const { storage } = this.#options;
    if (storage === null) return;
    try {
      act(storage);
    } catch {
      return;
    }
  }

  #keep(queued: Queued): void {
    const { batchEventsMax, batchBytesMax, clock, flushAfterMs } = this.#options;
    this.#unsettled.add(queued);
    this.#unsettledBytes += queued.bytes;
    this.#waiting.push(queued);
    this.#waitingBytes += queued.bytes;
    if (this.#waiting.length >= batchEventsMax || this.#waitingBytes >= batchBytesMax) void this.#drain();
    else this.#takeBackFlush ??= clock.after(flushAfterMs, () => this.#flushIsDue());
  }

  #flushIsDue(): void {
    this.#takeBackFlush = undefined;
    void this.#drain();
  }

  /** One batch after the other, so that events arrive in their order. */
  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#takeBackFlush?.();
    this.#takeBackFlush = undefined;
    while (this.#waiting.length > 0) await this.#deliver(this.#nextBatch());
    this.#isDraining = false;
  }

  /** One event at least, and no more than fit. */
  #nextBatch(room = Infinity): Batch {
    const { batchEventsMax, batchBytesMax } = this.#options;
    const bytesMax = Math.min(batchBytesMax, room);
    let [events, bytes] = [0, envelopeBytes];
    for (const next of this.#waiting) {
      if (events === batchEventsMax || (events > 0 && bytes + next.bytes > bytesMax)) break;
      events += 1;
      bytes += next.bytes;
    }
    const batch = this.#waiting.splice(0, events);
    this.#waitingBytes -= bytesOf(batch);
    return batch;
  }

  /** The page may be gone in a moment: as much as it may send goes at once, and what waits for its next attempt too. */
  #sendAtOnce(): void {
    this.#hurry.abort();
    this.#hurry = new AbortController();
    for (;;) {
      const room = keepaliveBytesMax - this.#outlivingBytes;
      const [next] = this.#waiting;
      if (next === undefined || next.bytes + envelopeBytes > room) break;
      void this.#deliver(this.#nextBatch(room));
    }
    void this.#drain(); // should the page live on
  }

  async #deliver(batch: Batch): Promise<void> {
    const { clock, retries, random } = this.#options;
    for (let attempt = 1; !this.#closing.signal.aborted; attempt += 1) {
      try {
        return this.#arrived(batch, await this.#send(batch));
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (isTooLarge(error) && batch.length > 1) return this.#deliverHalves(batch);
        if (!isWorthRepeating(error)) return this.#refused(batch, error);
        await pause(clock, delayMs(attempt, error, retries, random), this.#hurry.signal);
      }
    }
  }

  async #deliverHalves(batch: Batch): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.#deliver(batch.slice(0, middle));
    await this.#deliver(batch.slice(middle));
  }

  /** No Idempotency-Key: each event has its id, and `sent_at`, by which a wrong clock is corrected, differs with each attempt. */
  async #send(batch: Batch): Promise<Arrival> {
    const { clock, requests } = this.#options;
    const body = `{"sent_at":${clock.nowMs()},"events":[${batch.map(({ text }) => text).join(',')}]}`;
    const bytes = bytesOf(batch) + envelopeBytes;
    const keepalive = this.#outlivingBytes + bytes <= keepaliveBytesMax;
    if (keepalive) this.#outlivingBytes += bytes;
    try {
      const call = { method: 'POST', path, body, keepalive, signal: this.#closing.signal } as const;
      const { results, position } = await requests.once<InteractionsAccepted>(call);
      if (results?.length !== batch.length) throw new UnreadableAnswerError('POST', path, 202);
      return { results, position };
    } finally {
      if (keepalive) this.#outlivingBytes -= bytes;
    }
  }

  #arrived(batch: Batch, { results, position }: Arrival): void {
    batch.forEach((queued, index) => {
      const outcome = results[index];
      if (outcome?.status === 'rejected') this.#rejected(queued, outcome.errors);
      else {
        this.#settle(queued);
        this.#options.onKept(String(queued.event.customer_id), position);
      }
    });
  }

  #refused(batch: Batch, error: unknown): void {
    const results = error instanceof ProblemError ? error.problem['results'] : undefined;
    // When all events of a request are rejected, the problem says of each why.
    if (Array.isArray(results)) this.#arrived(batch, { results: results as InteractionOutcome[], position: null });
    else this.#giveUp(batch, { reason: 'refused', error: error instanceof Error ? error : new Error(String(error)) });
  }

  #rejected(queued: Queued, errors: readonly Wrong[]): void {
    this.#giveUp([queued], { reason: 'rejected', errors: errors.map(withinEvent) });
  }

  #giveUp(batch: Batch, failure: Failure): void {
    for (const queued of batch) if (this.#settle(queued)) this.#report(queued, failure);
  }

  /** False when it was before. */
  #settle(queued: Queued): boolean {
    if (!this.#unsettled.delete(queued)) return false;
    this.#unsettledBytes -= queued.bytes;
    this.#onDevice((storage) => storage.forget(String(queued.event.interaction_id)));
    for (const { left, done } of this.#flushes) if (left.delete(queued) && left.size === 0) done();
    return true;
  }

  #report({ event }: Queued, failure: Failure): void {
    try {
      this.#options.onUndelivered({ event, errors: [], error: null, ...failure });
    } catch (mistake) {
      // The caller's own: it must be seen, and must not stop the other events.
      queueMicrotask(() => {
        throw mistake;
      });
    }
  }
}

function asQueued(event: Interaction, text: string): Queued {
  return { event, text, bytes: utf8.encode(text).length + 1 };
}

/** undefined for what is no event: others may write to the same place. */
function parsed(text: string): Interaction | undefined {
  try {
    const value = JSON.parse(text) as Partial<Interaction> | null;
    return typeof value?.interaction_id === 'string' ? (value as Interaction) : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(batch: Batch): number {
  return batch.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 413;
}

/** `/events/3/item_id` leads into the request, which the caller has not seen. */
function withinEvent({ pointer, ...wrong }: Wrong): Wrong {
  return pointer === undefined ? wrong : { ...wrong, pointer: pointer.replace(/^\/events\/\d+/, '') };
}

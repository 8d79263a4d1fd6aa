// The synchronous heart of a task: takes records, runs the stage's handlers on an overlay, answers what one transaction must commit.
// No I/O but reads of the local store, no clock: the test bench, the replay and the live task all run this.
import { HandlerFailed, RecordRejected, isStreamsError } from './errors.ts';
import type { Headers, LogRecord, NewRecord, Offset, Partition } from './log/log.ts';
import { deadLetter } from './dead-letter.ts';
import type { DecodedShare, DecodedValues } from './decoded-values.ts';
import { HandlerContext } from './handler-context.ts';
import { readEvent, type Rejection } from './read-event.ts';
import { createRoutes, type Route, type Routes } from './routes.ts';
import type { Event } from './processor.ts';
import type { StageDefinition } from './stage.ts';
import type { StoreWrite, TaskStore } from './store/store.ts';
import { EXPIRY_TABLE, TableState, type Entry } from './table-state.ts';
import { NO_PROGRESS, encodeProgress, type TaskProgress } from './task-progress.ts';
import { crosses, intervalMs } from './time.ts';
import { physicalName, positionsTopicName, type TopicDefinition } from './topic.ts';
import type { StageTracing } from './tracing.ts';

/** The lookups' views, with how many records each has folded in. */
export interface LookupViews {
  view(name: string): unknown;
  version(name: string): number;
}

export interface TaskCoreOptions {
  readonly stage: StageDefinition;
  readonly partition: Partition;
  readonly prefix: string;
  readonly store: TaskStore;
  readonly lookups: LookupViews;
  /** Where values of its tables are kept decoded, beside those of other tasks. */
  readonly decoded: DecodedValues;
  /** Expired entries deleted per batch. @default 500 */
  readonly expiriesMax?: number;
  /** What becomes of a record whose handler threw. @default 'stop' */
  readonly onHandlerFailure?: 'stop' | 'dead-letter';
  readonly tracing?: Pick<StageTracing, 'headersAfter'> | undefined;
}

export interface BatchLimits {
  readonly recordsMax: number;
  /** Events of conflated inputs that a batch gathers before it takes no further record. @default no limit */
  readonly conflatedMax?: number;
  /** Asked between some of the records: true ends the batch early. */
  readonly isLongEnough?: () => boolean;
}

/** What one transaction must commit, and what follows from it. */
export interface BatchOutcome {
  /** How many of the given records are dealt with. */
  readonly handled: number;
  /** Outputs and dead letters, then table changes, the position record last. Of a compacted output only the last value of each key. */
  readonly records: readonly NewRecord[];
  readonly storeWrites: readonly StoreWrite[];
  readonly progress: TaskProgress;
  /** Handled records by logical topic. */
  readonly byTopic: ReadonlyMap<string, number>;
  readonly rejected: ReadonlyMap<string, number>;
  readonly counted: ReadonlyMap<string, number>;
  /** Earliest event time of the handled records, without those of imports, for the freshness metric; infinite without any. */
  readonly oldestEventMs: number;
  /** More expired entries wait to be deleted. */
  readonly sweepPending: boolean;
  /** Handled records that belong to a trace. */
  readonly traced: readonly LogRecord[];
}

/** Says which record of the batch a failure belongs to. */
class FailedAt extends Error {
  readonly index: number;
  readonly failure: RecordRejected | HandlerFailed;
  readonly processor: string;

  constructor(index: number, processor: string, failure: RecordRejected | HandlerFailed) {
    super(failure.message);
    this.index = index;
    this.processor = processor;
    this.failure = failure;
  }
}

const DEFAULT_EXPIRIES_MAX = 500;
/** Records or changes: to look at the clock costs more than some of them. */
const WORK_PER_STEP = 4;

interface HandedOver {
  readonly topic: string;
  readonly from: number;
  readonly event: Event<unknown>;
}

export class TaskCore {
  readonly stage: StageDefinition;
  readonly partition: Partition;
  readonly tables = new Map<string, TableState>();
  progress: TaskProgress = NO_PROGRESS;

  readonly #options: TaskCoreOptions;
  readonly #decoded: DecodedValues;
  readonly #shares: DecodedShare<Entry>[] = [];
  readonly #routes: Routes;
  readonly #contexts: readonly HandlerContext[];
  readonly #topicNames = new Map<string, string>();
  /** By physical name. */
  readonly #inputs = new Map<string, TopicDefinition<unknown>>();
  readonly #timers: readonly { processor: number; everyMs: number; run: (context: unknown) => void }[];

  // The running batch.
  #records: NewRecord[] = [];
  /** Where `#records` has the latest of a key, by compacted output: of several in a batch all but the last would be compacted away. */
  #placesOfKeys = new Map<string, Map<string, number>>();
  #storeWrites: StoreWrite[] = [];
  #inputsNext: Record<string, Offset> = {};
  #streamTimeMs = 0;
  #index = 0;
  #event: Event<unknown> | null = null;
  #handedOver: HandedOver[] = [];
  /** By processor: the latest event per key of its conflated inputs. */
  #conflated: Map<string, { route: Route; event: Event<unknown>; index: number }>[] = [];
  #conflatedCount = 0;
  #counted = new Map<string, number>();
  #traced: LogRecord[] = [];
  /** By the index of a traced record: what is written because of it carries these. */
  #traceHeaders = new Map<number, Headers>();
  /** Records handled and changes written. An event of a conflated input is a step by itself. */
  #work = 0;
  /** Writes, and reads of values that the handler may have changed in place. */
  #touches = 0;

  constructor(options: TaskCoreOptions) {
    this.#options = options;
    this.stage = options.stage;
    this.partition = options.partition;
    this.#decoded = options.decoded;
    for (const [name, table] of this.stage.tables) {
      const share = this.#decoded.open<Entry>();
      this.#shares.push(share);
      this.tables.set(name, new TableState(table, options.store, share));
    }
    for (const name of [...this.stage.inputs.keys(), ...this.stage.outputs.keys()]) {
      this.#topicNames.set(name, physicalName(options.prefix, name));
    }
    for (const [name, topic] of this.stage.inputs) this.#inputs.set(physicalName(options.prefix, name), topic);
    this.#routes = createRoutes(this.stage);
    this.#contexts = this.stage.processors.map(
      (processor, index) => new HandlerContext(this, processor, index, options.lookups),
    );
    this.#timers = this.stage.processors.flatMap((processor, index) =>
      Object.entries(processor.every).map(([interval, run]) => ({
        processor: index,
        everyMs: intervalMs(interval),
        run: run as (context: unknown) => void,
      })),
    );
  }

  /**
   * Handles records on a fresh overlay. The caller commits the outcome, then calls `keep`, or `drop`s it.
   *
   * A rejected record is dead-lettered and leaves nothing else behind: the batch is run again without it, unless it was rejected
   * before anything was touched. When a handler fails, the records before it form the outcome.
   *
   * @throws HandlerFailed when the handler of the very first record throws and failures are to stop the task.
   */
  run(records: readonly LogRecord[], limits: BatchLimits): BatchOutcome {
    const steps = this.steps(records, limits);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** `run` in short steps: between them other work of the process can have its turn, but no other batch of this task. */
  *steps(records: readonly LogRecord[], limits: BatchLimits): Generator<undefined, BatchOutcome, undefined> {
    const rejections = new Map<number, Rejection>();
    let upTo = Math.min(records.length, limits.recordsMax);
    for (;;) {
      try {
        return yield* this.#attempt(records, upTo, rejections, limits);
      } catch (error) {
        this.drop();
        if (!(error instanceof FailedAt)) throw error;
        const { index, failure, processor } = error;
        const reason = this.#reasonToReject(failure);
        if (reason !== undefined) {
          // It fails without the record too, in an expiry: leaving out more would never end.
          if (rejections.has(index)) throw new HandlerFailed(processor, failure);
          rejections.set(index, { reason, message: failure.message, processor });
          // The rest is for the next batch: run again for each of its rejections, it would take the square of its size.
          upTo = Math.min(index + 1, records.length);
        } else if (index > 0) {
          upTo = index;
        } else {
          throw failure;
        }
      }
    }
  }

  #reasonToReject(failure: RecordRejected | HandlerFailed): string | undefined {
    if (failure.kind === 'RecordRejected') return failure.reason;
    return this.#options.onHandlerFailure === 'dead-letter' ? 'handler_failed' : undefined;
  }

  /** The outcome is committed and in the local store. */
  keep(outcome: BatchOutcome): void {
    for (const table of this.tables.values()) table.keepOverlay();
    this.progress = outcome.progress;
    this.#letGo();
  }

  /** The outcome is not committed: nothing of it happened. */
  drop(): void {
    for (const table of this.tables.values()) table.dropOverlay();
    this.#letGo();
  }

  /** Nothing of it is kept any more; it must not be used after that. */
  close(): void {
    for (const share of this.#shares) this.#decoded.close(share);
  }

  /** Of what was written nothing is held until the next batch: garbage that waits for a second is no longer cheap to collect. */
  #letGo(): void {
    this.#records = [];
    this.#placesOfKeys = new Map();
    this.#storeWrites = [];
    this.#traced = [];
    this.#event = null;
  }

  // For the contexts of the handlers.

  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }

  get event(): Event<unknown> | null {
    return this.#event;
  }

  nextOffset(topic: string): Offset {
    return this.#inputsNext[topic] ?? 0;
  }

  tableState(name: string): TableState {
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`no table ${name} in stage ${this.stage.name}`);
    return table;
  }

  readTable(name: string, key: string): unknown {
    const value = this.tableState(name).get(key, this.#streamTimeMs);
    if (value !== undefined) this.#touches += 1;
    return value;
  }

  writeTable(processor: number, name: string, key: string, value: unknown): void {
    this.#touches += 1;
    this.tableState(name).write(key, value, this.#streamTimeMs, this.#index);
    this.#handOver(processor, name, key, value ?? null);
  }

  send(processor: number, topic: TopicDefinition<unknown>, key: string, value: unknown): void {
    this.#touches += 1;
    const record = {
      topic: this.#topicNames.get(topic.name) ?? topic.name,
      key: Buffer.from(key),
      value: value === null ? null : topic.codec.encode(value),
      timestampMs: this.#event?.timeMs ?? this.#streamTimeMs,
    };
    const at = topic.cleanup === 'delete' ? undefined : this.#placeOf(topic.name, key);
    this.#write(this.#index, record, at);
    this.#handOver(processor, topic.name, key, value);
  }

  /** Of a key that is new in the batch, the next one. */
  #placeOf(output: string, key: string): number {
    let places = this.#placesOfKeys.get(output);
    if (places === undefined) this.#placesOfKeys.set(output, (places = new Map()));
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, this.#records.length);
    return this.#records.length;
  }

  count(reason: string): void {
    this.#counted.set(reason, (this.#counted.get(reason) ?? 0) + 1);
  }

  // The batch.

  *#attempt(
    records: readonly LogRecord[],
    upTo: number,
    rejections: ReadonlyMap<number, Rejection>,
    limits: BatchLimits,
  ): Generator<undefined, BatchOutcome, undefined> {
    this.#begin();
    const rejected = new Map<string, number>();
    const byTopic = new Map<string, number>();
    let oldestEventMs = Number.POSITIVE_INFINITY;
    let handled = 0;
    for (; handled < upTo; handled += 1) {
      if (handled > 0 && handled % WORK_PER_STEP === 0 && limits.isLongEnough?.()) break;
      if (this.#conflatedCount >= (limits.conflatedMax ?? Infinity)) break;
      const record = records[handled] as LogRecord;
      this.#index = handled;
      const topic = this.#inputs.get(record.topic);
      if (topic === undefined)
        throw new Error(`stage ${this.stage.name} was given a record of ${record.topic}, which it does not read`);
      this.#noteTrace(record);
      const rejection = rejections.get(handled) ?? this.#handleRecord(topic, record);
      if (rejection !== undefined) {
        this.#records.push(deadLetter(record, rejection, this.stage.name, this.#options.prefix));
        rejected.set(rejection.reason, (rejected.get(rejection.reason) ?? 0) + 1);
      } else {
        oldestEventMs = Math.min(oldestEventMs, this.#liveTimeMs(topic));
      }
      this.#inputsNext[topic.name] = record.offset + 1;
      byTopic.set(topic.name, (byTopic.get(topic.name) ?? 0) + 1);
      if (this.#isStepDone()) yield;
    }
    yield* this.#runConflated();
    const sweepPending = yield* this.#sweep();
    const collected = yield* this.#collect();
    return { handled, byTopic, rejected, oldestEventMs, sweepPending, traced: this.#traced, ...collected };
  }

  /** Event time for the freshness metric: an import's events are old without being late. */
  #liveTimeMs(topic: TopicDefinition<unknown>): number {
    const event = this.#event;
    if (event === null || event.value === null || topic.isBackfill?.(event.value)) return Number.POSITIVE_INFINITY;
    return event.timeMs;
  }

  #isStepDone(): boolean {
    this.#work += 1;
    return this.#work % WORK_PER_STEP === 0;
  }

  #begin(): void {
    this.#records = [];
    this.#placesOfKeys = new Map();
    this.#storeWrites = [];
    this.#inputsNext = { ...this.progress.inputs };
    this.#streamTimeMs = this.progress.streamTimeMs;
    this.#handedOver = [];
    this.#conflated = this.stage.processors.map(() => new Map());
    this.#conflatedCount = 0;
    this.#counted = new Map();
    this.#traced = [];
    this.#traceHeaders = new Map();
    this.#event = null;
    this.#index = 0;
    this.#work = 0;
    this.#touches = 0;
  }

  #noteTrace(record: LogRecord): void {
    const headers = this.#options.tracing?.headersAfter(this.stage.name, record);
    if (headers === undefined) return;
    this.#traced.push(record);
    this.#traceHeaders.set(this.#index, headers);
  }

  /** @param index of the record that is the cause. @param at its place, by default behind the others. */
  #write(index: number, record: NewRecord, at = this.#records.length): void {
    const headers = this.#traceHeaders.get(index);
    this.#records[at] = headers === undefined ? record : { ...record, headers };
  }

  #handleRecord(topic: TopicDefinition<unknown>, record: LogRecord): Rejection | undefined {
    const event = readEvent(topic, record, this.#streamTimeMs);
    if ('reason' in event) return event;
    const [touchesBefore, streamTimeBeforeMs] = [this.#touches, this.#streamTimeMs];
    this.#advanceTime(event.timeMs);
    this.#event = event;
    if (event.clockCorrected) this.count('clock_corrected');
    for (const route of this.#routes.fromLog(topic.name)) {
      try {
        this.#call(route, event);
      } catch (error) {
        if (error instanceof FailedAt && error.failure.kind === 'RecordRejected' && this.#touches === touchesBefore) {
          this.#handedOver = [];
          this.#streamTimeMs = streamTimeBeforeMs;
          return { reason: error.failure.reason, message: error.failure.message, processor: error.processor };
        }
        throw error;
      }
    }
    return undefined;
  }

  #advanceTime(timeMs: number): void {
    const fromMs = this.#streamTimeMs;
    if (timeMs <= fromMs) return;
    this.#streamTimeMs = timeMs;
    if (fromMs === 0) return;
    this.#event = null; // a timer belongs to no event, whatever the batch held before
    for (const timer of this.#timers) {
      if (crosses(timer.everyMs, fromMs, timeMs)) {
        try {
          timer.run(this.#contexts[timer.processor]);
        } catch (error) {
          throw this.#failed(timer.processor, error);
        }
        this.#drainHandedOver();
      }
    }
  }

  /** Runs a handler, then whatever it handed over to later processors, before the next processor sees the event. */
  #call(route: Route, event: Event<unknown>): void {
    try {
      route.handler(event, this.#contexts[route.processor]);
    } catch (error) {
      throw this.#failed(route.processor, error);
    }
    this.#drainHandedOver();
  }

  #drainHandedOver(): void {
    while (this.#handedOver.length > 0) {
      const waiting = this.#handedOver;
      this.#handedOver = [];
      for (const { topic, from, event } of waiting) {
        for (const route of this.#routes.handedOver(topic, from)) {
          if (route.conflated) this.#conflate(route, event);
          else this.#call(route, event);
        }
      }
    }
  }

  #conflate(route: Route, event: Event<unknown>): void {
    const latest = this.#conflated[route.processor];
    if (latest?.delete(event.key) === false) this.#conflatedCount += 1;
    latest?.set(event.key, { route, event, index: this.#index });
  }

  *#runConflated(): Generator<undefined, void, undefined> {
    for (let processor = 0; processor < this.#conflated.length; processor += 1) {
      const latest = this.#conflated[processor];
      this.#conflated[processor] = new Map();
      for (const { route, event, index } of latest?.values() ?? []) {
        this.#index = index;
        this.#event = event;
        this.#call(route, event);
        yield;
      }
    }
  }

  /** What to throw when a handler or timer of this processor threw. */
  #failed(processor: number, error: unknown): unknown {
    if (error instanceof FailedAt) return error;
    const name = this.stage.processors[processor]?.name ?? '';
    if (error instanceof RecordRejected) return new FailedAt(this.#index, name, error);
    if (isStreamsError(error)) return error;
    return new FailedAt(this.#index, name, new HandlerFailed(name, error));
  }

  #handOver(from: number, topic: string, key: string, value: unknown): void {
    if (!this.#routes.isHandedOver(topic, from)) return;
    const event = this.#event;
    const handedOver: HandedOver = {
      topic,
      from,
      event: {
        key,
        value,
        timeMs: event?.timeMs ?? this.#streamTimeMs,
        clockCorrected: event?.clockCorrected ?? false,
        source: event?.source ?? { topic, partition: this.partition, offset: -1 },
      },
    };
    // Mostly it is the only one: V8 would make room for seventeen.
    if (this.#handedOver.length === 0) this.#handedOver = [handedOver];
    else this.#handedOver.push(handedOver);
  }

  /** Deletes expired entries, with their tombstones; a bounded number per batch. */
  *#sweep(): Generator<undefined, boolean, undefined> {
    const limit = this.#options.expiriesMax ?? DEFAULT_EXPIRIES_MAX;
    let pending = false;
    for (const [name, table] of this.tables) {
      const due = [...table.due(this.#streamTimeMs, limit)];
      pending ||= due.filter(({ indexKey }) => indexKey !== undefined).length === limit;
      for (const { key, indexKey } of due) {
        if (indexKey !== undefined) this.#storeWrites.push({ table: EXPIRY_TABLE, key: indexKey, value: null });
        if (!table.isDue(key, this.#streamTimeMs)) continue;
        const processor = this.#routes.keeperOf(name);
        this.#event = null;
        this.writeTable(processor, name, key, undefined);
        this.#drainHandedOver();
        this.count('expired');
      }
    }
    yield* this.#runConflated();
    return pending;
  }

  /** Everything that the transaction must hold, the position record last. */
  *#collect(): Generator<undefined, Pick<BatchOutcome, 'records' | 'storeWrites' | 'progress' | 'counted'>, undefined> {
    for (const [name, table] of this.tables) yield* this.#writeChanges(name, table);
    const progress: TaskProgress = { inputs: this.#inputsNext, streamTimeMs: this.#streamTimeMs };
    this.#records.push({
      topic: positionsTopicName(this.#options.prefix, this.stage.name),
      partition: this.partition,
      key: Buffer.from(String(this.partition)),
      value: encodeProgress(progress),
      timestampMs: this.#streamTimeMs,
    });
    return { records: this.#records, storeWrites: this.#storeWrites, progress, counted: this.#counted };
  }

  *#writeChanges(name: string, table: TableState): Generator<undefined, void, undefined> {
    const topic = this.#topicNames.get(name) ?? name;
    for (const [key, { value, writtenAtMs, writtenBy }] of table.overlay) {
      if (writtenBy < 0) continue;
      const bytes = this.#encode(table, value, writtenBy);
      if (bytes === null && table.committedBytes(key) === undefined) continue; // came and went within the batch
      this.#write(writtenBy, {
        topic,
        partition: this.partition,
        key: Buffer.from(key),
        value: bytes,
        timestampMs: writtenAtMs,
      });
      this.#storeWrites.push(...table.storeWrites(key, bytes, writtenAtMs));
      if (this.#isStepDone()) yield;
    }
  }

  #encode(table: TableState, value: unknown, writtenBy: number): Buffer | null {
    if (value === undefined) return null;
    try {
      return table.definition.codec.encode(value);
    } catch (error) {
      const keeper = this.stage.processors[this.#routes.keeperOf(table.definition.name)]?.name ?? '';
      throw new FailedAt(writtenBy, keeper, new HandlerFailed(keeper, error));
    }
  }
}

// Runs stages synchronously, without a log, a clock or a disk: for tests, replay and evaluation.
import { DecodedValues } from '../decoded-values.ts';
import { Bug } from '../errors.ts';
import type { LogRecord } from '../log/log.ts';
import type { LookupDefinition } from '../lookup.ts';
import { seededRandom } from '../random.ts';
import { encodeMeta } from '../restore.ts';
import type { StageDefinition } from '../stage.ts';
import { TaskCore, type LookupViews } from '../task-core.ts';
import { NO_PROGRESS, decodeProgress, type TaskProgress } from '../task-progress.ts';
import { TableState } from '../table-state.ts';
import { deadLetters, physicalName, positionsTopicName, type TopicDefinition } from '../topic.ts';
import { BenchLog, BenchStore, type BenchRecord } from './bench-log.ts';

export interface TestBenchOptions {
  readonly stages: readonly StageDefinition[];
  /** More than one, since one hides mistakes with keys. @default 4 */
  readonly partitions?: number;
  /** Used in place of the declared lookups of the same names. */
  readonly lookups?: readonly LookupDefinition<unknown>[];
  /** Records per batch. @default 1: every event is a batch of its own */
  readonly batchRecordsMax?: number;
  /** Chooses batch sizes, the order of tasks and restarts at random, from this seed. Left out: none of it. */
  readonly disorderSeed?: number;
  readonly onHandlerFailure?: 'stop' | 'dead-letter';
}

export interface DeadLetter {
  readonly key: string;
  readonly reason: string;
  readonly message: string;
  readonly stage: string;
  readonly offset: number;
}

/** Of the topics' names in the bench's log. */
export const BENCH_PREFIX = 'test';

interface BenchTask {
  readonly stage: StageDefinition;
  readonly partition: number;
  store: BenchStore;
  core: TaskCore;
}

export class TestBench {
  readonly log: BenchLog;
  readonly #options: TestBenchOptions;
  readonly #tasks: BenchTask[];
  readonly #lookups: BenchLookups;
  readonly #decoded = new DecodedValues();
  readonly #random: (() => number) | null;
  /** What handlers counted with `context.count`. */
  readonly counted = new Map<string, number>();

  constructor(options: TestBenchOptions) {
    this.#options = options;
    this.log = new BenchLog(options.partitions ?? 4);
    this.#random = options.disorderSeed === undefined ? null : seededRandom(options.disorderSeed);
    this.#lookups = new BenchLookups(options, this.log);
    this.#tasks = options.stages.flatMap((stage) =>
      Array.from({ length: this.log.partitions }, (_, partition) =>
        this.#openTask(stage, partition, new BenchStore(), NO_PROGRESS),
      ),
    );
  }

  /** Appends an event. `timeMs` is the record's timestamp; the definition may take the event's time from the value. */
  send<V>(topic: TopicDefinition<V>, key: string, value: V | null, timeMs = 0): this {
    const bytes = value === null ? null : topic.codec.encode(value);
    this.log.append({
      topic: physicalName(BENCH_PREFIX, topic.name),
      key: Buffer.from(key),
      value: bytes,
      timestampMs: timeMs,
    });
    return this;
  }

  /** Appends raw bytes, to see what becomes of rubbish. */
  sendBytes<V>(topic: TopicDefinition<V>, key: Buffer | null, value: Buffer | null, timeMs = 0): this {
    this.log.append({ topic: physicalName(BENCH_PREFIX, topic.name), key, value, timestampMs: timeMs });
    return this;
  }

  /** Handles everything that waits, through all stages, until nothing is left. Lookups are up to date before each batch. */
  run(): this {
    for (let isBusy = true; isBusy;) {
      isBusy = false;
      for (const task of this.#inSomeOrder()) {
        this.#lookups.catchUp();
        if (this.#random !== null && this.#random() < 0.05) this.#restart(task);
        isBusy = this.#runBatch(task) || isBusy;
      }
    }
    return this;
  }

  /** The latest value of a table. */
  get<V>(table: TopicDefinition<V>, key: string): V | undefined {
    return this.table(table).get(key);
  }

  /** All latest values of a topic, by key. */
  table<V>(topic: TopicDefinition<V>): Map<string, V> {
    return new Map([...this.tableBytes(topic)].map(([key, bytes]) => [key, topic.codec.decode(bytes)]));
  }

  /** The fold of a topic: latest bytes by key, in key order. For comparing runs. */
  tableBytes<V>(topic: TopicDefinition<V>): Map<string, Buffer> {
    const latest = new Map<string, Buffer>();
    for (const record of this.log.all(physicalName(BENCH_PREFIX, topic.name))) {
      const key = record.key?.toString('utf8') ?? '';
      if (record.value === null) latest.delete(key);
      else latest.set(key, record.value);
    }
    return new Map([...latest].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** All values written to a topic, in order; tombstones are null. */
  written<V>(topic: TopicDefinition<V>): { key: string; value: V | null; partition: number; timeMs: number }[] {
    return this.log.all(physicalName(BENCH_PREFIX, topic.name)).map((record) => ({
      key: record.key?.toString('utf8') ?? '',
      value: record.value === null ? null : topic.codec.decode(record.value),
      partition: record.partition,
      timeMs: record.timestampMs,
    }));
  }

  deadLetters(): DeadLetter[] {
    return this.log.all(physicalName(BENCH_PREFIX, deadLetters)).map((record) => ({
      key: record.key?.toString('utf8') ?? '',
      reason: record.headers['freshet.reason'] ?? '',
      message: record.headers['freshet.message'] ?? '',
      stage: record.headers['freshet.stage'] ?? '',
      offset: Number(record.headers['freshet.offset']),
    }));
  }

  lookupView(name: string): unknown {
    this.#lookups.catchUp();
    return this.#lookups.view(name);
  }

  #openTask(stage: StageDefinition, partition: number, store: BenchStore, progress: TaskProgress): BenchTask {
    const { onHandlerFailure } = this.#options;
    const options = { stage, partition, prefix: BENCH_PREFIX, store, lookups: this.#lookups, decoded: this.#decoded };
    const core = new TaskCore({ ...options, ...(onHandlerFailure === undefined ? {} : { onHandlerFailure }) });
    core.progress = progress;
    return { stage, partition, store, core };
  }

  /** As after a crash with the local store lost: everything comes from the log. */
  #restart(task: BenchTask): void {
    task.core.close();
    const store = new BenchStore();
    for (const [name, definition] of task.stage.tables) {
      const state = new TableState(definition, store);
      for (const record of this.log.records(physicalName(BENCH_PREFIX, name), task.partition)) {
        void store.apply(
          state.storeWrites(record.key?.toString('utf8') ?? '', record.value, record.timestampMs),
          Buffer.alloc(0),
        );
      }
    }
    const position = this.log.records(positionsTopicName(BENCH_PREFIX, task.stage.name), task.partition).at(-1);
    const progress = position?.value ? decodeProgress(position.value) : NO_PROGRESS;
    Object.assign(task, this.#openTask(task.stage, task.partition, store, progress));
  }

  #inSomeOrder(): readonly BenchTask[] {
    const random = this.#random;
    if (random === null) return this.#tasks;
    return this.#tasks
      .map((task) => ({ task, place: random() }))
      .toSorted((one, other) => one.place - other.place)
      .map(({ task }) => task);
  }

  #runBatch(task: BenchTask): boolean {
    const recordsMax =
      this.#random === null ? (this.#options.batchRecordsMax ?? 1) : 1 + Math.floor(this.#random() * 20);
    const records = this.#waiting(task, recordsMax);
    const outcome = task.core.run(records, { recordsMax });
    if (outcome.handled === 0 && outcome.storeWrites.length === 0) {
      task.core.drop();
      return false;
    }
    checkReadsUnchanged(task.core);
    for (const record of outcome.records) this.log.append(record);
    void task.store.apply(
      outcome.storeWrites,
      encodeMeta({ clusterId: '', topics: {}, progress: outcome.progress, writtenAtMs: 0 }),
    );
    task.core.keep(outcome);
    for (const [reason, count] of outcome.counted) this.counted.set(reason, (this.counted.get(reason) ?? 0) + count);
    return true;
  }

  #waiting(task: BenchTask, countMax: number): LogRecord[] {
    const waiting: BenchRecord[] = [];
    for (const name of task.stage.inputs.keys()) {
      const records = this.log.records(physicalName(BENCH_PREFIX, name), task.partition);
      const next = task.core.progress.inputs[name] ?? 0;
      for (
        let index = firstFrom(records, next);
        index < records.length && index < firstFrom(records, next) + countMax;
        index += 1
      ) {
        waiting.push(records[index] as BenchRecord);
      }
    }
    return waiting.toSorted((one, other) => one.sequence - other.sequence).slice(0, countMax);
  }
}

/** Index of the first record with an offset of at least `offset`. */
function firstFrom(records: readonly BenchRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle] as BenchRecord).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A value that a handler changed without setting it would differ after a restart: here that is found at once. */
function checkReadsUnchanged(core: TaskCore): void {
  for (const [name, table] of core.tables) {
    for (const [key, { value, writtenBy }] of table.overlay) {
      if (writtenBy >= 0) continue;
      const committed = table.committedBytes(key);
      if (value === undefined || committed === undefined) continue;
      if (!table.definition.codec.encode(value).equals(committed)) {
        throw new Bug(`stage ${core.stage.name} changed ${name}/${key} without setting it`);
      }
    }
  }
}

class BenchLookups implements LookupViews {
  readonly #log: BenchLog;
  readonly #copies = new Map<
    string,
    { definition: LookupDefinition<unknown>; view: unknown; folded: number; next: Map<string, number> }
  >();

  constructor({ stages, lookups = [] }: Pick<TestBenchOptions, 'stages' | 'lookups'>, log: BenchLog) {
    this.#log = log;
    for (const stage of stages) {
      for (const [name, declared] of stage.lookups) {
        const definition = lookups.find((other) => other.name === name) ?? declared;
        if (!this.#copies.has(name))
          this.#copies.set(name, { definition, view: definition.create(), folded: 0, next: new Map() });
      }
    }
  }

  view(name: string): unknown {
    return this.#copies.get(name)?.view;
  }

  version(name: string): number {
    return this.#copies.get(name)?.folded ?? 0;
  }

  catchUp(): void {
    for (const copy of this.#copies.values()) {
      for (const [input, topic] of Object.entries(copy.definition.reads as Record<string, TopicDefinition<unknown>>)) {
        for (let partition = 0; partition < this.#log.partitions; partition += 1) {
          const records = this.#log.records(physicalName(BENCH_PREFIX, topic.name), partition);
          const place = `${input}/${partition}`;
          for (let index = copy.next.get(place) ?? 0; index < records.length; index += 1) {
            const { key, value, timestampMs } = records[index] as BenchRecord;
            const decoded = value === null ? null : topic.codec.decode(value);
            copy.definition.apply(copy.view, {
              input,
              key: key?.toString('utf8') ?? '',
              value: decoded,
              timeMs: timestampMs,
            });
            copy.folded += 1;
          }
          copy.next.set(place, records.length);
        }
      }
    }
  }
}

// The live copies of the lookups: complete before a stage starts, then seconds behind at most.
import type { Clock } from './clock.ts';
import { DependencyUnavailable } from './errors.ts';
import type { FetchedBatch, Log, LogRecord, Reader, TopicOffset } from './log/log.ts';
import { placeKey } from './log/place-key.ts';
import type { LookupDefinition } from './lookup.ts';
import type { RuntimeObserver } from './observer.ts';
import type { LookupViews } from './task-core.ts';
import { physicalName, type TopicDefinition } from './topic.ts';

export interface LookupsOptions {
  readonly log: Log;
  readonly prefix: string;
  readonly definitions: readonly LookupDefinition<unknown>[];
  readonly clock: Clock;
  readonly observer: RuntimeObserver;
  readonly yieldTurn: () => Promise<void>;
}

const READ_WAIT_MS = 1_000;
const RETRY_MS = 200;
/** After a read that brought something: each one costs a broker as much, however little it brings. */
const GATHER_MS = 100;
/** Records folded in before other work gets its turn. */
const RECORDS_PER_TURN = 2_000;

/** All lookups of a process: one copy each, however many processors use it. */
export class LookupCopies implements LookupViews {
  readonly #copies: ReadonlyMap<string, LookupCopy>;

  constructor(options: LookupsOptions) {
    this.#copies = new Map(
      options.definitions.map((definition) => [definition.name, new LookupCopy(definition, options)]),
    );
  }

  /** Resolves when every copy has reached the end its topics had at the call. */
  async start(): Promise<void> {
    await Promise.all([...this.#copies.values()].map((copy) => copy.start()));
  }

  view(name: string): unknown {
    return this.#copies.get(name)?.view;
  }

  version(name: string): number {
    return this.#copies.get(name)?.folded ?? 0;
  }

  /** True once all were complete. */
  get isComplete(): boolean {
    return [...this.#copies.values()].every((copy) => copy.isComplete);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#copies.values()].map((copy) => copy.stop()));
  }
}

class LookupCopy {
  readonly view: unknown;
  folded = 0;
  isComplete = false;

  readonly #definition: LookupDefinition<unknown>;
  readonly #options: LookupsOptions;
  /** By physical topic: its definition and the names it was declared under. */
  readonly #inputs = new Map<string, { topic: TopicDefinition<unknown>; input: string }>();
  readonly #next = new Map<string, TopicOffset>();
  #reader: Reader | null = null;
  #running: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(definition: LookupDefinition<unknown>, options: LookupsOptions) {
    this.#definition = definition;
    this.#options = options;
    this.view = definition.create();
    for (const [input, topic] of Object.entries(definition.reads as Record<string, TopicDefinition<unknown>>)) {
      this.#inputs.set(physicalName(options.prefix, topic.name), { topic, input });
    }
  }

  async start(): Promise<void> {
    let remaining: TopicOffset[] = [];
    await this.#retrying(async () => (remaining = await this.#openReader()));
    const isBehind = (end: TopicOffset) => end.offset > (this.#next.get(placeKey(end))?.offset ?? 0);
    while (remaining.some(isBehind) && !this.#isStopped) await this.#retrying(() => this.#readOnce());
    if (!this.#isStopped) await this.#definition.settled?.(this.view);
    this.isComplete = !this.#isStopped;
    this.#running = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reader?.close();
    await this.#running;
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #follow(): Promise<void> {
    while (!this.#isStopped) {
      const foldedBefore = this.folded;
      await this.#retrying(() => this.#readOnce());
      if (this.folded > foldedBefore) await this.#options.clock.sleep(GATHER_MS, this.#stopping.signal);
    }
  }

  /** Until it succeeds or the copy is stopped: a log that is away for a moment must not cost a start, nor a running copy. */
  async #retrying(act: () => Promise<unknown>): Promise<void> {
    while (!this.#isStopped) {
      try {
        await act();
        return;
      } catch (error) {
        if (this.#isStopped) return;
        if (!(error instanceof DependencyUnavailable)) {
          this.#options.observer.warn?.('lookup stopped', { lookup: this.#definition.name, reason: String(error) });
          throw error;
        }
        await this.#options.clock.sleep(RETRY_MS);
      }
    }
  }

  /** Answers the ends of all partitions at this moment. */
  async #openReader(): Promise<TopicOffset[]> {
    const { log } = this.#options;
    const ends: TopicOffset[] = [];
    for (const topic of this.#inputs.keys()) {
      const { partitions } = await log.describeTopic(topic);
      for (let partition = 0; partition < partitions; partition += 1) {
        const { start, end } = await log.offsets({ topic, partition });
        const { newestRecordsMax } = this.#definition;
        const share = newestRecordsMax === undefined ? Infinity : Math.ceil(newestRecordsMax / partitions);
        const offset = Math.max(start, end - share);
        this.#next.set(placeKey({ topic, partition }), { topic, partition, offset });
        ends.push({ topic, partition, offset: end });
      }
    }
    this.#reader = log.openReader([...this.#next.values()]);
    if (this.#isStopped) await this.#reader.close();
    return ends;
  }

  async #readOnce(): Promise<void> {
    const batches = (await this.#reader?.read(READ_WAIT_MS)) ?? [];
    let sinceTurn = 0;
    for (const batch of batches) {
      for (const record of batch.records) {
        this.#fold(batch, record);
        sinceTurn += 1;
        if (sinceTurn % RECORDS_PER_TURN === 0) await this.#options.yieldTurn();
      }
      this.#next.set(placeKey(batch), { topic: batch.topic, partition: batch.partition, offset: batch.nextOffset });
    }
    if (sinceTurn > 0) this.#options.observer.lookup?.(this.#definition.name, this.folded);
  }

  #fold(batch: FetchedBatch, record: LogRecord): void {
    const declared = this.#inputs.get(batch.topic);
    if (declared === undefined || record.key === null) return;
    let value: unknown = null;
    try {
      value = record.value === null ? null : declared.topic.codec.decode(record.value);
    } catch (error) {
      // A lookup has no transaction to dead-letter in; the record stays where it is and is named here.
      const { topic, partition, offset } = record;
      this.#options.observer.warn?.('lookup skipped an undecodable record', {
        topic,
        partition,
        offset,
        reason: String(error),
      });
      return;
    }
    this.#definition.apply(this.view, {
      input: declared.input,
      key: record.key.toString('utf8'),
      value,
      timeMs: record.timestampMs,
    });
    this.folded += 1;
  }
}

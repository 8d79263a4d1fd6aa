// A sink copies topics into a store outside the log. The store keeps the source position beside what it is given, so that a repeat
// changes nothing and the sink resumes from what the store says, not from what a group has committed.
import type { Clock } from './clock.ts';
import { DependencyUnavailable, StateUnusable } from './errors.ts';
import type {
  FetchedBatch,
  GroupListener,
  GroupMember,
  Log,
  Offset,
  Partition,
  TopicOffset,
  TopicPartition,
} from './log/log.ts';
import type { RuntimeObserver } from './observer.ts';
import type { StageDefinition } from './stage.ts';
import { decodeProgress } from './task-progress.ts';
import { physicalName, positionsTopicName, type TopicDefinition } from './topic.ts';

export interface SinkDefinition {
  /** A short noun, never changed once released. */
  readonly name: string;
  readonly reads: readonly TopicDefinition<unknown>[];
  /** Stages whose progress the sink passes on: how far what it has written reflects their inputs. */
  readonly follows: readonly StageDefinition[];
}

/** Declares a sink. */
export function sink(definition: {
  name: string;
  reads: readonly TopicDefinition<unknown>[];
  follows?: readonly StageDefinition[];
}): SinkDefinition {
  return Object.freeze({ follows: [], ...definition });
}

/** What a sink writes to. */
export interface SinkTarget {
  /** Where to read on, by physical topic; partitions without one are read from the start. */
  positions(): Promise<readonly TopicOffset[]>;
  /**
   * Applies each batch together with its `nextOffset`, then what may be said of the stages' progress. Repeated after an error, so
   * repeats must change nothing.
   *
   * @throws DependencyUnavailable when the store can't be written now.
   * @throws StateUnusable when it holds less than a batch goes on from: the sink reads again from `positions()`.
   */
  write(batches: readonly SinkBatch[], progress: readonly SinkProgress[]): Promise<void>;
  /**
   * Calls `listener` when something that was written is gone (a server was emptied), so that the sink reads again from
   * `positions()` also while nothing new comes. Answers how to stop.
   */
  onLost?(listener: () => void): () => void;
}

export interface SinkBatch extends FetchedBatch {
  /** Logical name of the topic. */
  readonly topicName: string;
  /** What the target holds already: all before this offset, as it said or has been given. */
  readonly from: Offset;
}

/** All that the stage derived from its inputs before these offsets is written. */
export interface SinkProgress {
  readonly stage: string;
  readonly partition: Partition;
  /** Next offsets by logical topic. */
  readonly inputs: Readonly<Record<string, Offset>>;
}

export interface SinkOptions {
  readonly definition: SinkDefinition;
  readonly target: SinkTarget;
  readonly log: Log;
  readonly prefix: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly observer: RuntimeObserver;
}

export interface RunningSink {
  readonly started: Promise<void>;
  /** Empty, or why it does not write just now. */
  problem(): string;
  stop(): Promise<void>;
}

/** Batches that wait per partition before its inputs are paused. */
const WAITING_BATCHES_MAX = 16;
const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 5_000;

export function runSink(options: SinkOptions): RunningSink {
  const run = new SinkRun(options);
  return { started: run.start(), problem: () => run.problem, stop: () => run.stop() };
}

class SinkRun implements GroupListener {
  problem = '';
  readonly #options: SinkOptions;
  /** Physical topic → logical name. */
  readonly #topics = new Map<string, string>();
  /** Physical positions topic → stage. */
  readonly #stages = new Map<string, StageDefinition>();
  readonly #lanes = new Map<Partition, Lane>();
  #member: GroupMember | null = null;
  readonly #unfollow: (() => void) | undefined;
  #early: (() => void)[] | null = [];

  constructor(options: SinkOptions) {
    this.#options = options;
    this.#unfollow = options.target.onLost?.(() => {
      for (const lane of this.#lanes.values()) lane.startAgain();
    });
    for (const topic of options.definition.reads)
      this.#topics.set(physicalName(options.prefix, topic.name), topic.name);
    for (const stage of options.definition.follows)
      this.#stages.set(positionsTopicName(options.prefix, stage.name), stage);
  }

  async start(): Promise<void> {
    const { log, prefix, definition, instance } = this.#options;
    this.#member = await log.joinGroup({
      group: `${prefix}.${definition.name}`,
      memberId: `${prefix}.${definition.name}@${instance}`,
      topics: [...this.#topics.keys(), ...this.#stages.keys()],
      listener: this,
    });
    const early = this.#early ?? [];
    this.#early = null;
    for (const call of early) call();
  }

  async stop(): Promise<void> {
    this.#unfollow?.();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
    await this.#member?.leave();
  }

  assigned(partitions: readonly Partition[]): void {
    if (this.#early !== null) {
      this.#early.push(() => this.assigned(partitions));
      return;
    }
    for (const [partition, lane] of this.#lanes) if (!partitions.includes(partition)) this.#end(partition, lane);
    for (const partition of partitions) {
      if (this.#lanes.has(partition)) continue;
      this.#lanes.set(
        partition,
        new Lane({
          ...this.#options,
          partition,
          member: this.#member as GroupMember,
          topics: this.#topics,
          stages: this.#stages,
          onProblem: (problem) => (this.problem = problem),
        }),
      );
    }
  }

  async revoking(partitions: readonly Partition[]): Promise<void> {
    await Promise.all(
      partitions.map(async (partition) => {
        const lane = this.#lanes.get(partition);
        this.#lanes.delete(partition);
        await lane?.stop();
      }),
    );
  }

  lost(): void {
    for (const [partition, lane] of this.#lanes) this.#end(partition, lane);
  }

  records(batch: FetchedBatch): void {
    this.#lanes.get(batch.partition)?.enqueue(batch);
  }

  #end(partition: Partition, lane: Lane): void {
    this.#lanes.delete(partition);
    void lane.stop();
  }
}

interface LaneOptions extends SinkOptions {
  readonly partition: Partition;
  readonly member: GroupMember;
  readonly topics: ReadonlyMap<string, string>;
  readonly stages: ReadonlyMap<string, StageDefinition>;
  readonly onProblem: (problem: string) => void;
}

interface PendingProgress {
  readonly inputs: Readonly<Record<string, Offset>>;
  readonly ends: ReadonlyMap<string, Offset>;
}

/** How far back the newest position record is looked for: behind it may stand transaction markers. */
const POSITION_LOOKBACK = 64;

/** One partition of a sink: writes batches in the order they came. */
class Lane {
  readonly #options: LaneOptions;
  readonly #waiting: FetchedBatch[] = [];
  /** Where it reads on, by physical topic. */
  readonly #written = new Map<string, Offset>();
  /** Where the target stands, by physical topic: below that when the log no longer begins there. */
  readonly #held = new Map<string, Offset>();
  /** By stage: what may be said once the store has reached the ends. */
  readonly #pending = new Map<string, PendingProgress>();
  /** By stage: the newest after that. Kept apart, since under load the ends of the newest are never reached. */
  readonly #next = new Map<string, PendingProgress>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #isPaused = false;
  /** The target has lost something: nothing of what waits may be written, as it does not follow on what is there. */
  #isLost = false;
  #wake: (() => void) | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#running = this.#live();
  }

  enqueue(batch: FetchedBatch): void {
    this.#waiting.push(batch);
    if (!this.#isPaused && this.#waiting.length >= WAITING_BATCHES_MAX) {
      this.#isPaused = true;
      for (const position of this.#inputs()) this.#options.member.pause(position);
    }
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await this.#running;
  }

  /** Reads again from where the target stands. */
  startAgain(): void {
    this.#isLost = true;
    this.#wake?.();
  }

  async #live(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#isLost = false;
      await this.#retrying(() => this.#seek());
      await this.#follow();
    }
  }

  async #follow(): Promise<void> {
    while (!this.#isOver()) {
      const taken = this.#waiting.length;
      if (taken === 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        continue;
      }
      const batches = this.#waiting.slice(0, taken);
      await this.#retrying(() => this.#write(batches));
      if (this.#isLost) return;
      this.#waiting.splice(0, taken);
      if (this.#isPaused && this.#waiting.length <= WAITING_BATCHES_MAX / 2) {
        this.#isPaused = false;
        for (const position of this.#inputs()) this.#options.member.resume(position);
      }
    }
  }

  async #seek(): Promise<void> {
    const { log, member, partition, target, stages } = this.#options;
    const known = new Map(
      (await target.positions()).filter((at) => at.partition === partition).map((at) => [at.topic, at.offset]),
    );
    const from: TopicOffset[] = [];
    for (const input of this.#inputs()) {
      const { start, end } = await log.offsets(input);
      // Progress is not stored by position: the last record of the compacted topic says it again.
      const offset = stages.has(input.topic)
        ? Math.max(start, end - POSITION_LOOKBACK)
        : Math.max(start, known.get(input.topic) ?? start);
      from.push({ ...input, offset });
    }
    // In one go: what arrives before its seek belongs to the former reading.
    this.#waiting.length = 0;
    this.#pending.clear();
    this.#next.clear();
    this.#isPaused = false;
    for (const position of from) {
      this.#written.set(position.topic, position.offset);
      this.#held.set(position.topic, known.get(position.topic) ?? 0);
      member.seek(position);
    }
  }

  async #write(batches: readonly FetchedBatch[]): Promise<void> {
    const { target, topics, stages } = this.#options;
    const data: SinkBatch[] = [];
    const reached = new Map(this.#written);
    const held = new Map(this.#held);
    for (const batch of batches) {
      const { topic, nextOffset } = batch;
      const stage = stages.get(topic);
      if (stage !== undefined) await this.#noteProgress(stage, batch);
      else data.push({ ...batch, topicName: topics.get(topic) ?? topic, from: held.get(topic) ?? 0 });
      reached.set(topic, nextOffset);
      held.set(topic, nextOffset);
    }
    let progress = this.#progressAt(reached);
    if (data.length > 0 || progress.length > 0) await target.write(data, progress);
    for (const [topic, offset] of reached) this.#written.set(topic, offset);
    for (const [topic, offset] of held) this.#held.set(topic, offset);
    while (progress.length > 0) {
      for (const { stage } of progress) this.#passed(stage);
      progress = this.#progressAt(reached);
      if (progress.length > 0) await target.write([], progress);
    }
  }

  /** The position record says how far the stage is; its outputs of the same transaction are all below the ends of now. */
  async #noteProgress(stage: StageDefinition, batch: FetchedBatch): Promise<void> {
    const value = batch.records.findLast((record) => record.value !== null)?.value;
    if (value === undefined || value === null) return;
    const { log, partition, topics } = this.#options;
    const outputs = [...topics].filter(([, name]) => stage.outputs.has(name)).map(([topic]) => topic);
    const offsets = await log.writtenEnds(outputs.map((topic) => ({ topic, partition })));
    const ends = new Map(outputs.map((topic, index) => [topic, offsets[index] ?? 0]));
    const waiting = this.#pending.has(stage.name) ? this.#next : this.#pending;
    waiting.set(stage.name, { inputs: decodeProgress(value).inputs, ends });
  }

  /** What may be said of the stages once the store has reached these offsets. */
  #progressAt(reached: ReadonlyMap<string, Offset>): SinkProgress[] {
    return [...this.#pending]
      .filter(([, { ends }]) => [...ends].every(([topic, end]) => (reached.get(topic) ?? 0) >= end))
      .map(([stage, { inputs }]) => ({ stage, partition: this.#options.partition, inputs }));
  }

  #passed(stage: string): void {
    const next = this.#next.get(stage);
    this.#next.delete(stage);
    if (next === undefined) this.#pending.delete(stage);
    else this.#pending.set(stage, next);
  }

  async #retrying(act: () => Promise<void>): Promise<void> {
    let backoffMs = BACKOFF_MS;
    while (!this.#isOver()) {
      try {
        await act();
        this.#options.onProblem('');
        return;
      } catch (error) {
        if (error instanceof StateUnusable) this.#isLost = true;
        if (!(error instanceof DependencyUnavailable))
          this.#options.observer.warn?.('sink failed', { sink: this.#options.definition.name, error });
        this.#options.onProblem(error instanceof Error ? error.message : String(error));
        await this.#options.clock.sleep(backoffMs, this.#stopping.signal);
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MS_MAX);
      }
    }
  }

  #isOver(): boolean {
    return this.#isLost || this.#stopping.signal.aborted;
  }

  #inputs(): TopicPartition[] {
    const { partition } = this.#options;
    return [...this.#options.topics.keys(), ...this.#options.stages.keys()].map((topic) => ({ topic, partition }));
  }
}

// Runs stages on a log: topics, lookups, group memberships, and a task for every partition that is assigned.
import { wallClock, type Clock } from './clock.ts';
import { DecodedValues } from './decoded-values.ts';
import type { GroupListener, GroupMember, Log, Partition, TopicSpec } from './log/log.ts';
import type { LookupDefinition } from './lookup.ts';
import { LookupCopies } from './lookup-copy.ts';
import { SILENT, type RuntimeObserver } from './observer.ts';
import type { StageDefinition } from './stage.ts';
import type { StateStore } from './store/store.ts';
import { WriteBehindStateStore } from './store/write-behind.ts';
import { patiently } from './patiently.ts';
import { Standby } from './standby.ts';
import { DEFAULT_TASK_SETTINGS, type TaskSettings } from './task-settings.ts';
import { Task, type FaultPoint } from './task.ts';
import { StageTurns, type Asker } from './stage-turns.ts';
import { deadLetters, physicalName, positionsTopicName, type TopicDefinition } from './topic.ts';
import type { StageTracing } from './tracing.ts';

export interface RunOptions {
  readonly log: Log;
  readonly stateStore: StateStore;
  readonly stages: readonly StageDefinition[];
  /** Used in place of the declared lookups of the same names: for sizes that only the one who runs the stages knows. */
  readonly lookups?: readonly LookupDefinition<unknown>[];
  /** In front of every topic, group and transactional id. @default 'freshet' */
  readonly prefix?: string;
  /** Names this process among others of the same stages. @default 'local' */
  readonly instance?: string;
  readonly settings?: Partial<TaskSettings>;
  /** Values of the tables of all tasks that are kept decoded, in bytes, as estimated. @default `DECODED_BYTES_MAX` */
  readonly decodedBytesMax?: number;
  /** Copies of the state of tasks that other processes have are kept here too, and brought up to date so often. @default null, none */
  readonly standbyEveryMs?: number | null;
  readonly clock?: Clock;
  readonly observer?: RuntimeObserver;
  readonly tracing?: StageTracing | undefined;
  /** Lets other work of the process have its turn, and other tasks theirs: as `StageTurns` has it. */
  readonly yieldTurn?: (asker: Asker) => Promise<void>;
  readonly faultPoint?: (point: FaultPoint) => Promise<void>;
}

export interface TaskStatus {
  readonly stage: string;
  readonly partition: Partition;
  readonly state: string;
  readonly reason: string;
  readonly queued: number;
  readonly stalledMs: number;
  /** Next offset to handle by physical topic. */
  readonly nextOffsets: ReadonlyMap<string, number>;
  readonly streamTimeMs: number;
}

export interface RunningStages {
  /** Resolves when all lookups are complete and the groups are joined. */
  readonly started: Promise<void>;
  /** True when the lookups are complete and every assigned task runs. */
  isReady(): boolean;
  tasks(): TaskStatus[];
  lookupView(name: string): unknown;
  /** Commits what is under way, leaves the groups. */
  stop(): Promise<void>;
}

/** Of all stages that this process runs. */
const turns = new StageTurns(setImmediate);
/** Of records that wait for the next batch anyway. */
const DELIVERY_GATHER_MS_MAX = 100;
/** A lookup that reads on. */
const READING: Asker = { lingerMs: 0, isInBatch: false };

/** The topics that stages need, the runtime's own among them. `partitions` for each. */
export function topicsOf(stages: readonly StageDefinition[], prefix: string, partitions: number): TopicSpec[] {
  const topics = new Map<string, TopicDefinition<unknown>>();
  for (const stage of stages) {
    for (const [name, topic] of [...stage.inputs, ...stage.outputs]) topics.set(name, topic);
    for (const lookup of stage.lookups.values()) {
      for (const topic of Object.values(lookup.reads as Record<string, TopicDefinition<unknown>>))
        topics.set(topic.name, topic);
    }
  }
  return [
    ...[...topics.values()].map((topic) => topicSpec(topic, prefix, partitions)),
    ...stages.map((stage) => ({
      name: positionsTopicName(prefix, stage.name),
      partitions,
      cleanup: 'compact' as const,
    })),
    { name: physicalName(prefix, deadLetters), partitions, cleanup: 'delete' },
  ];
}

/** What the log is told of a topic. */
export function topicSpec(topic: TopicDefinition<unknown>, prefix: string, partitions: number): TopicSpec {
  return {
    name: physicalName(prefix, topic.name),
    partitions,
    cleanup: topic.cleanup,
    ...(topic.retentionMs === undefined ? {} : { retentionMs: topic.retentionMs }),
    ...(topic.retentionBytes === undefined ? {} : { retentionBytes: topic.retentionBytes }),
    ...(topic.tombstoneRetentionMs === undefined ? {} : { tombstoneRetentionMs: topic.tombstoneRetentionMs }),
  };
}

/** Starts the stages; their topics must exist. */
export function runStages(options: RunOptions): RunningStages {
  const full = {
    prefix: 'freshet',
    instance: 'local',
    standbyEveryMs: null,
    clock: wallClock,
    observer: SILENT,
    yieldTurn: (asker: Asker) => turns.next(asker),
    ...options,
    settings: { ...DEFAULT_TASK_SETTINGS, ...options.settings },
  };
  const stateStore = new WriteBehindStateStore(full.stateStore, {
    clock: full.clock,
    delayMs: full.settings.storeDelayMs,
  });
  const decoded = new DecodedValues(options.decodedBytesMax);
  const definitions = new Map<string, LookupDefinition<unknown>>();
  for (const stage of options.stages) for (const [name, lookup] of stage.lookups) definitions.set(name, lookup);
  for (const lookup of options.lookups ?? []) if (definitions.has(lookup.name)) definitions.set(lookup.name, lookup);
  const lookups = new LookupCopies({
    ...full,
    yieldTurn: () => full.yieldTurn(READING),
    definitions: [...definitions.values()],
  });
  const runs: StageRun[] = [];
  const stopping = new AbortController();
  const started = (async () => {
    await lookups.start();
    for (const stage of options.stages) {
      if (stopping.signal.aborted) return;
      const run = new StageRun(stage, { ...full, stateStore, decoded }, lookups);
      runs.push(run);
      await run.join(stopping.signal);
    }
  })();
  return {
    started,
    isReady: () => lookups.isComplete && runs.length === options.stages.length && runs.every((run) => run.isReady()),
    tasks: () => runs.flatMap((run) => run.status()),
    lookupView: (name) => lookups.view(name),
    stop: async () => {
      stopping.abort();
      await lookups.stop();
      await started.catch(() => undefined);
      await Promise.all(runs.map((run) => run.leave()));
    },
  };
}

type FullOptions = Required<Omit<RunOptions, 'settings' | 'decodedBytesMax' | 'faultPoint' | 'lookups' | 'tracing'>> & {
  settings: TaskSettings;
  decoded: DecodedValues;
  tracing?: RunOptions['tracing'];
  faultPoint?: RunOptions['faultPoint'];
};

/** One stage in this process: its membership and its tasks. */
class StageRun implements GroupListener {
  readonly #stage: StageDefinition;
  readonly #options: FullOptions;
  readonly #lookups: LookupCopies;
  readonly #tasks = new Map<Partition, Task>();
  /** Stores that a former task or the standby still has: a successor here waits for them. */
  readonly #ending = new Map<Partition, Promise<unknown>>();
  #standby: Standby | undefined;
  #assigned: ReadonlySet<Partition> = new Set();
  #member: GroupMember | null = null;
  /** Calls of the listener that came before `joinGroup` had answered. */
  #early: (() => void)[] | null = [];
  #isLeaving = false;
  #hasAssignment = false;

  constructor(stage: StageDefinition, options: FullOptions, lookups: LookupCopies) {
    this.#stage = stage;
    this.#options = options;
    this.#lookups = lookups;
  }

  /** Waits for brokers that are away, until `signal` is aborted. */
  async join(signal: AbortSignal): Promise<void> {
    const { log, prefix, instance, clock } = this.#options;
    const join = () =>
      log.joinGroup({
        group: `${prefix}.${this.#stage.name}`,
        memberId: `${prefix}.${this.#stage.name}@${instance}`,
        topics: [...this.#stage.inputs.keys()].map((name) => physicalName(prefix, name)),
        listener: this,
        gatherMs: Math.min(this.#stage.lingerMs / 2, DELIVERY_GATHER_MS_MAX),
      });
    this.#member = await patiently(join, { clock, signal });
    const early = this.#early ?? [];
    this.#early = null;
    for (const call of early) call();
    const { standbyEveryMs: everyMs } = this.#options;
    const isFree = (partition: Partition) => this.#isFree(partition);
    if (everyMs !== null && this.#stage.tables.size > 0)
      this.#standby = new Standby({ ...this.#options, stage: this.#stage, everyMs, isFree });
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all([this.#standby?.stop(), ...[...this.#tasks.values()].map((task) => task.drain())]);
    await Promise.all(this.#ending.values());
    await this.#member?.leave();
  }

  isReady(): boolean {
    return (
      this.#hasAssignment &&
      this.#tasks.size === this.#assigned.size &&
      [...this.#tasks.values()].every((task) => task.state === 'running')
    );
  }

  status(): TaskStatus[] {
    return [...this.#tasks.values()].map((task) => ({
      stage: this.#stage.name,
      partition: task.partition,
      state: task.state,
      reason: task.reason,
      queued: task.queued,
      stalledMs: task.stalledMs,
      nextOffsets: task.nextOffsets,
      streamTimeMs: task.progress?.streamTimeMs ?? 0,
    }));
  }

  // GroupListener

  assigned(partitions: readonly Partition[]): void {
    if (this.#early !== null) {
      this.#early.push(() => this.assigned(partitions));
      return;
    }
    this.#hasAssignment = true;
    this.#assigned = new Set(partitions);
    this.#options.observer.rebalanced?.(this.#stage.name);
    for (const [partition, task] of this.#tasks) {
      if (!partitions.includes(partition)) this.#end(partition, task);
    }
    for (const partition of partitions) {
      const known = this.#tasks.get(partition);
      // One that has ended may still be closing its store: its successor waits for that.
      if (known?.state === 'fenced' || known?.state === 'closed') this.#end(partition, known);
      if (!this.#tasks.has(partition)) this.#begin(partition);
    }
  }

  async revoking(partitions: readonly Partition[]): Promise<void> {
    const tasks = partitions.map((partition) => this.#tasks.get(partition)).filter((task) => task !== undefined);
    for (const task of tasks) this.#end(task.partition, task);
    await Promise.all(tasks.map((task) => task.ended));
  }

  lost(): void {
    if (this.#early !== null) {
      this.#early.push(() => this.lost());
      return;
    }
    this.#assigned = new Set();
    this.#hasAssignment = false;
    for (const [partition, task] of this.#tasks) this.#end(partition, task);
  }

  records(batch: Parameters<GroupListener['records']>[0]): void {
    this.#tasks.get(batch.partition)?.enqueue(batch);
  }

  #isFree(partition: Partition): boolean {
    if (!this.#hasAssignment || this.#isLeaving) return false;
    return !this.#assigned.has(partition) && !this.#tasks.has(partition) && !this.#ending.has(partition);
  }

  #begin(partition: Partition): void {
    if (this.#isLeaving) return;
    const copied = this.#standby?.release(partition);
    if (copied !== undefined && !this.#ending.has(partition)) this.#endsWith(partition, copied);
    const ending = this.#ending.get(partition);
    if (ending !== undefined) {
      void ending.then(() => {
        if (this.#assigned.has(partition) && !this.#tasks.has(partition)) this.#begin(partition);
      });
      return;
    }
    const { prefix, log, stateStore, settings, decoded, clock, observer, tracing, yieldTurn, faultPoint } =
      this.#options;
    const task = new Task({
      stage: this.#stage,
      partition,
      prefix,
      log,
      stateStore,
      member: this.#member as GroupMember,
      lookups: this.#lookups,
      settings,
      decoded,
      clock,
      observer,
      tracing,
      yieldTurn: (isInBatch) => yieldTurn({ lingerMs: this.#stage.lingerMs, isInBatch }),
      ...(faultPoint === undefined ? {} : { faultPoint }),
    });
    this.#tasks.set(partition, task);
    void task.ended.then((state) => {
      if (state === 'fenced' && this.#tasks.get(partition) === task && !this.#isLeaving) void this.#rejoin();
    });
  }

  /**
   * The owner that fenced us may be gone already: only joining anew settles who has the task. That gives up all partitions, so
   * all tasks end: one that went on would wait for ever, as nothing is delivered from what is assigned anew before a seek.
   */
  async #rejoin(): Promise<void> {
    this.lost();
    try {
      await this.#member?.rejoin();
    } catch (error) {
      this.#options.observer.warn?.('could not join again', { stage: this.#stage.name, reason: String(error) });
    }
  }

  #end(partition: Partition, task: Task): void {
    this.#tasks.delete(partition);
    this.#endsWith(partition, task.drain());
  }

  #endsWith(partition: Partition, letGo: Promise<unknown>): void {
    const ended = letGo.then(() => {
      if (this.#ending.get(partition) === ended) this.#ending.delete(partition);
    });
    this.#ending.set(partition, ended);
  }
}

// The life of a task: one stage × one partition, from the fence to the close.
import type { Clock } from './clock.ts';
import {
  Bug,
  CommitUnclear,
  DependencyUnavailable,
  HandlerFailed,
  StateUnusable,
  TaskFenced,
  TransactionAborted,
} from './errors.ts';
import type { FetchedBatch, GroupMember, Log, LogRecord, Partition, TopicOffset, Transactor } from './log/log.ts';
import type { DecodedValues } from './decoded-values.ts';
import type { RuntimeObserver } from './observer.ts';
import { encodeMeta, restoreTask, type StoreMeta } from './restore.ts';
import { RecordQueue } from './record-queue.ts';
import type { StageDefinition } from './stage.ts';
import type { StateStore, TaskStore } from './store/store.ts';
import { TaskCore, type BatchOutcome, type LookupViews } from './task-core.ts';
import type { TaskProgress } from './task-progress.ts';
import { BACKLOG_RECORDS, type TaskSettings } from './task-settings.ts';
import { deadLetters, physicalName, positionsTopicName } from './topic.ts';
import type { StageTracing } from './tracing.ts';

/**
 * - `fencing`   shutting out the former owner; nothing is read yet
 * - `restoring` the local store is brought to the end of the tables
 * - `running`   takes batches; the only state in which handlers run
 * - `draining`  told to stop: the batch under way is committed, no further one is taken
 * - `closed`    given up in order; the store is at the last commit
 * - `fenced`    another owner has the task; the store was not touched since
 * - `broken`    a handler fails at one offset again and again, or a bug; stands still until the process is restarted
 */
export type TaskState = 'fencing' | 'restoring' | 'running' | 'draining' | 'closed' | 'fenced' | 'broken';

/** The allowed moves. Every state that is not an end has a way out. */
const MOVES: Readonly<Record<TaskState, readonly TaskState[]>> = {
  fencing: ['restoring', 'draining', 'fenced', 'broken', 'closed'],
  restoring: ['running', 'fencing', 'draining', 'fenced', 'broken', 'closed'],
  running: ['draining', 'fencing', 'fenced', 'broken', 'closed'],
  draining: ['closed', 'fenced', 'broken', 'fencing'],
  closed: [],
  fenced: [],
  broken: ['closed'],
};

/** Steps of a task's life at which the crash simulator can strike. */
export type FaultPoint =
  | 'before-fence'
  | 'after-fence'
  | 'before-restore'
  | 'after-restore'
  | 'before-seek'
  | 'before-batch'
  | 'after-handlers'
  | 'before-commit'
  | 'after-commit'
  | 'before-apply'
  | 'after-apply';

export interface TaskOptions {
  readonly stage: StageDefinition;
  readonly partition: Partition;
  readonly prefix: string;
  readonly log: Log;
  readonly stateStore: StateStore;
  readonly member: GroupMember;
  readonly lookups: LookupViews;
  readonly settings: TaskSettings;
  /** Shared by all tasks of the process. */
  readonly decoded: DecodedValues;
  readonly clock: Clock;
  readonly observer: RuntimeObserver;
  readonly tracing?: StageTracing | undefined;
  /** Lets other work of the process have its turn, and other tasks. */
  readonly yieldTurn: (isInBatch: boolean) => Promise<void>;
  readonly faultPoint?: (point: FaultPoint) => Promise<void>;
}

export class Task {
  readonly stage: StageDefinition;
  readonly partition: Partition;
  /** Resolves with the final state. */
  readonly ended: Promise<TaskState>;

  readonly #options: TaskOptions;
  readonly #queue: RecordQueue;
  readonly #stopping = new AbortController();
  #state: TaskState = 'fencing';
  #core: TaskCore | null = null;
  #store: TaskStore | null = null;
  #meta: StoreMeta | null = null;
  #transactor: Transactor | null = null;
  #wake: (() => void) | null = null;
  #failure = { offset: '', count: 0 };
  #backoffMs: number;
  #lastCommitMs: number;
  /** By topic: up to where records were delivered, or had been handled before. */
  readonly #delivered = new Map<string, number>();
  #sweepPending = false;
  #lastBatchMs = 0;
  /** Whether the group has heard of the last commit, and when it was told last. */
  #isTold = true;
  #toldMs = -Infinity;
  /** It will be woken to tell. */
  #isReminded = false;
  /** The inputs are delivered from the position on; what came before that is of no use. */
  #isAtProgress = false;
  /** Committed to the log, not yet in the local store: running the batch again would double it, restoring mends it. */
  #isStoreBehind = false;
  #reason = '';

  constructor(options: TaskOptions) {
    this.#options = options;
    this.stage = options.stage;
    this.partition = options.partition;
    this.#queue = new RecordQueue(options.settings.queue);
    this.#backoffMs = options.settings.backoffMs;
    this.#lastCommitMs = options.clock.nowMs();
    options.observer.taskState?.(this.stage.name, this.partition, this.#state);
    this.ended = this.#live();
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Why it is broken or backing off; empty when all is well. */
  get reason(): string {
    return this.#reason;
  }

  get progress(): TaskProgress | null {
    return this.#core?.progress ?? null;
  }

  /** Has work but has not committed for so long; the watchdog asks. */
  get stalledMs(): number {
    return this.#queue.length === 0 && this.#state === 'running' ? 0 : this.#options.clock.nowMs() - this.#lastCommitMs;
  }

  /** By physical topic: the next offset to handle; past trailing markers once nothing is queued. For lag. */
  get nextOffsets(): ReadonlyMap<string, number> {
    const { prefix } = this.#options;
    const next = new Map<string, number>();
    for (const name of this.stage.inputs.keys()) {
      const topic = physicalName(prefix, name);
      const handled = this.#core?.progress.inputs[name] ?? 0;
      next.set(topic, this.#queue.length === 0 ? Math.max(handled, this.#delivered.get(topic) ?? 0) : handled);
    }
    return next;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Records from the group member. Only queues them. */
  enqueue(batch: FetchedBatch): void {
    if (this.#state !== 'running' || !this.#isAtProgress) return;
    const fresh = this.#withoutDelivered(batch);
    if (fresh === undefined) return;
    this.#delivered.set(batch.topic, batch.nextOffset);
    if (this.#queue.length === 0) this.#lastCommitMs = this.#options.clock.nowMs();
    if (this.#queue.push(fresh)) this.#eachInput((position) => this.#options.member.pause(position));
    this.#wake?.();
  }

  /** Ends the task after the batch under way. */
  drain(): Promise<TaskState> {
    if (this.#state === 'broken') this.#move('closed');
    this.#stopping.abort();
    this.#wake?.();
    return this.ended;
  }

  async #live(): Promise<TaskState> {
    await Promise.resolve(); // the constructor's caller gets the task before it does anything
    while (!isEnd(this.#state)) {
      try {
        if (this.#stopping.signal.aborted) {
          if (this.#state !== 'draining') this.#move('draining');
          this.#move('closed');
        } else if (this.#state !== 'running') await this.#open();
        else if (this.#isAtProgress) await this.#runBatch();
        else await this.#goOnFromProgress();
      } catch (error) {
        await this.#judge(error);
      }
    }
    try {
      await this.#letGo();
    } catch (error) {
      // What could not be closed is of no use to anybody: the next owner fences it, the next start opens it anew.
      this.#warn('task closed badly', error);
    }
    return this.#state;
  }

  async #open(): Promise<void> {
    await this.#letGo();
    const { log, prefix, stage, partition, stateStore, clock, observer } = this.#options;
    await this.#at('before-fence');
    this.#transactor = await log.openTransactor(`${prefix}.${stage.name}.${partition}`, writtenTopics(stage, prefix));
    await this.#at('after-fence');
    this.#move('restoring');
    await this.#at('before-restore');
    const restored = await restoreTask({
      log,
      stateStore,
      stage,
      partition,
      prefix,
      clock,
      onProgress: (remaining) => observer.restoring?.(stage.name, partition, remaining),
      onWiped: (reason) => observer.storeWiped?.(stage.name, partition, reason),
      signal: this.#stopping.signal,
    });
    this.#store = restored.store;
    this.#meta = restored.meta;
    await this.#at('after-restore');
    if (this.#stopping.signal.aborted) return;
    this.#core = new TaskCore({
      stage,
      partition,
      prefix,
      store: restored.store,
      lookups: this.#options.lookups,
      decoded: this.#options.decoded,
      onHandlerFailure: this.#options.settings.onHandlerFailure,
      tracing: this.#options.tracing,
    });
    this.#core.progress = restored.meta.progress;
    this.#isTold = false; // the former owner may not have come to it
    this.#toldMs = clock.nowMs();
    await this.#at('before-seek');
    await this.#goOnFromProgress();
  }

  async #goOnFromProgress(): Promise<void> {
    const from = await Promise.all([...this.stage.inputs.keys()].map((name) => this.#positionOf(name)));
    // In one turn: a record that came between would be one of the former delivery, in front of those it follows.
    this.#queue.clear();
    this.#delivered.clear();
    if (this.#state === 'restoring') this.#move('running');
    this.#isAtProgress = true;
    for (const position of from) {
      this.#delivered.set(position.topic, position.offset);
      this.#options.member.seek(position);
    }
  }

  async #positionOf(input: string): Promise<TopicOffset> {
    const { log, prefix } = this.#options;
    const position = { topic: physicalName(prefix, input), partition: this.partition };
    const { start, end } = await log.offsets(position);
    const offset = this.#core?.progress.inputs[input] ?? start;
    if (offset > end) {
      const lost = `${position.topic} ends at ${end}, before ${offset} where this task goes on: it was made anew, or has lost its end`;
      this.#warn('an input is not what it was', lost);
      // Going on would leave out as many new records as are missing.
      throw new DependencyUnavailable('log', lost);
    }
    if (offset < start)
      this.#warn(
        'records were deleted before they were handled',
        `${position.topic} begins at ${start}, and this task goes on from ${offset}`,
      );
    return { ...position, offset: Math.max(offset, start) };
  }

  async #runBatch(): Promise<void> {
    const core = this.#core as TaskCore;
    const { settings, clock } = this.#options;
    if (this.#queue.length === 0 && !this.#sweepPending) return this.#idle();
    await this.#gather();
    // Several tasks are woken together, by one append or timer: each has a turn of its own, and requests theirs in between.
    await this.#options.yieldTurn(false);
    await this.#at('before-batch');
    const startedMs = clock.nowMs();
    const { outcome, handleMs } = await this.#handle(core, this.#queue.peek(settings.batchRecordsMax));
    await this.#at('after-handlers');
    if (isWorthCommitting(outcome)) await this.#commit(core, outcome, { startedMs, handleMs });
    else core.drop();
    this.#sweepPending = outcome.sweepPending;
    if (this.#queue.drop(outcome.handled)) this.#eachInput((position) => this.#options.member.resume(position));
    this.#lastCommitMs = clock.nowMs();
    this.#lastBatchMs = this.#lastCommitMs;
    this.#allIsWell();
  }

  #allIsWell(): void {
    this.#reason = '';
    this.#backoffMs = this.#options.settings.backoffMs;
  }

  /** Waits a little since the last batch where the stage may: a transaction costs more than most events. Not after a pause. */
  async #gather(): Promise<void> {
    const { clock, settings } = this.#options;
    const waitMs = this.#lastBatchMs + this.stage.lingerMs - clock.nowMs();
    if (waitMs <= 0 || this.#queue.length >= settings.batchRecordsMax) return;
    await clock.sleep(waitMs, this.#stopping.signal);
  }

  /** Runs the handlers, in slices. What they took themselves is `handleMs`. */
  async #handle(core: TaskCore, records: readonly LogRecord[]): Promise<{ outcome: BatchOutcome; handleMs: number }> {
    const { clock, settings, yieldTurn } = this.#options;
    const { batchRecordsMax: recordsMax, conflatedMax, batchMsMax, backlogMsMax, sliceMs } = settings;
    const msMax = records.length > Math.min(BACKLOG_RECORDS, recordsMax / 4) ? backlogMsMax : batchMsMax;
    let sliceStartMs = clock.nowMs();
    let formerMs = 0;
    const spentMs = () => formerMs + clock.nowMs() - sliceStartMs;
    const isLongEnough = () => spentMs() > msMax;
    const steps = core.steps(records, { recordsMax, conflatedMax, isLongEnough });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { outcome: step.value, handleMs: spentMs() };
      if (clock.nowMs() - sliceStartMs < sliceMs) continue;
      formerMs = spentMs();
      await yieldTurn(true);
      sliceStartMs = clock.nowMs();
    }
  }

  async #commit(
    core: TaskCore,
    outcome: BatchOutcome,
    { startedMs, handleMs }: { startedMs: number; handleMs: number },
  ): Promise<void> {
    const { clock, member, observer, settings, tracing } = this.#options;
    const startMs = clock.nowMs();
    await this.#at('before-commit');
    const isTelling = Math.abs(startMs - this.#toldMs) >= settings.offsetsEveryMs;
    const written = await (this.#transactor as Transactor).commit({
      records: outcome.records,
      ...(isTelling && { consumed: this.#consumedAt(outcome.progress), member }),
    });
    this.#isTold = isTelling;
    if (isTelling) this.#toldMs = startMs;
    await this.#at('after-commit');
    const commitMs = clock.nowMs() - startMs;
    observer.transaction?.(this.stage.name, this.partition, 'committed', commitMs);
    const { traced, handled } = outcome;
    if (traced.length > 0) {
      const times = { startedMs, handledMs: startMs, committedMs: startMs + commitMs };
      tracing?.committed({ stage: this.stage.name, partition: this.partition, traced, handled, ...times });
    }
    this.#isStoreBehind = true;
    this.#meta = this.#metaAfter(outcome, written, startMs);
    await this.#at('before-apply');
    await (this.#store as TaskStore).apply(outcome.storeWrites, encodeMeta(this.#meta));
    core.keep(outcome);
    this.#isStoreBehind = false;
    await this.#at('after-apply');
    observer.batch?.({
      stage: this.stage.name,
      partition: this.partition,
      byTopic: outcome.byTopic,
      outputs: outcome.records.length,
      rejected: outcome.rejected,
      counted: outcome.counted,
      handleMs,
      commitMs,
      applyMs: clock.nowMs() - startMs - commitMs,
      delayMs: Number.isFinite(outcome.oldestEventMs) ? startMs + commitMs - outcome.oldestEventMs : 0,
    });
  }

  /** `writtenAtMs` is from before the commit: a process that stood still since must not pass its store off as new. */
  #metaAfter(outcome: BatchOutcome, written: readonly TopicOffset[], writtenAtMs: number): StoreMeta {
    const meta = this.#meta as StoreMeta;
    const topics = { ...meta.topics };
    for (const { topic, partition, offset } of written) {
      const known = topics[topic];
      if (known !== undefined && partition === this.partition) topics[topic] = { id: known.id, restored: offset + 1 };
    }
    return { ...meta, topics, progress: outcome.progress, writtenAtMs };
  }

  /** A log that delivers something twice must not make us handle it twice. Undefined when nothing of it is new. */
  #withoutDelivered(batch: FetchedBatch): FetchedBatch | undefined {
    const from = this.#delivered.get(batch.topic) ?? 0;
    if (batch.nextOffset <= from) return undefined;
    const isNew = (batch.records[0]?.offset ?? from) >= from;
    return isNew ? batch : { ...batch, records: batch.records.filter(({ offset }) => offset >= from) };
  }

  #idle(): Promise<void> {
    if (this.#isTold) return this.#waitForWork();
    const { clock, settings } = this.#options;
    const dueInMs = Math.max(this.#toldMs, this.#lastBatchMs) + settings.offsetsEveryMs - clock.nowMs();
    if (dueInMs <= 0) return this.#tell();
    if (!this.#isReminded) void this.#remindIn(dueInMs);
    return this.#waitForWork();
  }

  async #remindIn(ms: number): Promise<void> {
    this.#isReminded = true;
    await this.#options.clock.sleep(ms, this.#stopping.signal);
    this.#isReminded = false;
    this.#wake?.();
  }

  async #tell(): Promise<void> {
    const { clock, member, observer } = this.#options;
    const consumed = this.#consumedAt((this.#core as TaskCore).progress);
    const startMs = clock.nowMs();
    if (consumed.length > 0) {
      await (this.#transactor as Transactor).commit({ records: [], consumed, member });
      observer.transaction?.(this.stage.name, this.partition, 'committed', clock.nowMs() - startMs);
    }
    this.#isTold = true;
    this.#toldMs = startMs;
    this.#allIsWell();
  }

  /** What the stage read in the past and does not any more stays in its progress, and is nobody's business. */
  #consumedAt({ inputs }: TaskProgress): TopicOffset[] {
    const { partition } = this;
    return [...this.stage.inputs.keys()].flatMap((name) => {
      const offset = inputs[name];
      return offset === undefined ? [] : [{ topic: physicalName(this.#options.prefix, name), partition, offset }];
    });
  }

  #waitForWork(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }

  /** The verdict on an error: design's table, in code. */
  async #judge(error: unknown): Promise<void> {
    this.#core?.drop();
    this.#reason = error instanceof Error ? error.message : String(error);
    const { observer, settings } = this.#options;
    if (error instanceof TaskFenced) {
      observer.transaction?.(this.stage.name, this.partition, 'fenced', 0);
      return this.#move('fenced');
    }
    if (error instanceof CommitUnclear) {
      observer.transaction?.(this.stage.name, this.partition, 'unclear', 0);
      return this.#move('fencing');
    }
    if (error instanceof TransactionAborted) {
      observer.transaction?.(this.stage.name, this.partition, 'aborted', 0);
      this.#isAtProgress = false;
      return this.#backOff();
    }
    if (error instanceof StateUnusable || this.#isStoreBehind) {
      this.#isStoreBehind = false;
      this.#move('fencing');
      return this.#backOff();
    }
    if (error instanceof DependencyUnavailable) {
      observer.transaction?.(this.stage.name, this.partition, 'unavailable', 0);
      if (this.#state === 'restoring') this.#move('fencing');
      return this.#backOff();
    }
    if (error instanceof HandlerFailed) {
      const first = this.#queue.peek(1)[0];
      const offset = `${first?.topic}/${first?.offset}`;
      this.#failure = { offset, count: this.#failure.offset === offset ? this.#failure.count + 1 : 1 };
      observer.warn?.('handler failed', {
        stage: this.stage.name,
        partition: this.partition,
        offset,
        reason: this.#reason,
      });
      if (this.#failure.count < settings.handlerFailuresMax) return this.#backOff();
    }
    this.#move('broken');
    if (!(error instanceof HandlerFailed) && !(error instanceof Bug)) {
      this.#warn('task broken', error);
    }
  }

  #warn(message: string, error: unknown): void {
    const { stage, partition } = this;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.observer.warn?.(message, { stage: stage.name, partition, reason, error });
  }

  async #backOff(): Promise<void> {
    await this.#options.clock.sleep(this.#backoffMs, this.#stopping.signal);
    this.#backoffMs = Math.min(this.#backoffMs * 2, this.#options.settings.backoffMsMax);
  }

  async #letGo(): Promise<void> {
    const [transactor, store] = [this.#transactor, this.#store];
    this.#transactor = null;
    this.#store = null;
    this.#core?.close();
    this.#core = null;
    this.#isAtProgress = false;
    this.#isTold = true;
    this.#queue.clear();
    this.#delivered.clear(); // nothing of it was handled: it must not count as done
    try {
      await transactor?.close();
    } finally {
      await store?.close();
    }
  }

  #eachInput(act: (position: { topic: string; partition: Partition }) => void): void {
    for (const name of this.stage.inputs.keys())
      act({ topic: physicalName(this.#options.prefix, name), partition: this.partition });
  }

  #move(to: TaskState): void {
    if (!MOVES[this.#state].includes(to))
      throw new Bug(`task ${this.stage.name}.${this.partition} can't go from ${this.#state} to ${to}`);
    this.#state = to;
    this.#options.observer.taskState?.(this.stage.name, this.partition, to, this.#reason);
  }

  #at(point: FaultPoint): Promise<void> {
    return this.#options.faultPoint?.(point) ?? Promise.resolve();
  }
}

function writtenTopics(stage: StageDefinition, prefix: string): string[] {
  const names = [...stage.tables.keys(), ...stage.outputs.keys(), deadLetters];
  return [...new Set(names.map((name) => physicalName(prefix, name))), positionsTopicName(prefix, stage.name)];
}

function isEnd(state: TaskState): boolean {
  return state === 'closed' || state === 'fenced' || state === 'broken';
}

function isWorthCommitting(outcome: BatchOutcome): boolean {
  return outcome.handled > 0 || outcome.storeWrites.length > 0;
}

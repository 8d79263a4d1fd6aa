// One process of the stages: it starts, stops, dies and starts again; its local stores outlive it.
import { runStages, type RunningStages, type TaskStatus } from '../../run-stages.ts';
import { runSink, type RunningSink } from '../../sink.ts';
import { MemoryStateStore } from '../../store/memory.ts';
import type { Log } from '../../log/log.ts';
import type { RuntimeObserver } from '../../observer.ts';
import type { CommitLedger } from './commit-ledger.ts';
import { targetFor, type ExternalStore, type TargetFate } from './external-store.ts';
import { FaultyLog, type Fate } from './faulty-log.ts';
import { FaultyStateStore, type StoreFate } from './faulty-store.ts';
import { Host } from './host.ts';
import type { Sabotage } from './sabotage.ts';
import type { Scheduler } from './scheduler.ts';
import { PREFIX, copying, stages } from './topology.ts';

export interface InstanceWorld extends Fate, StoreFate, TargetFate {
  readonly scheduler: Scheduler;
  readonly external: ExternalStore;
  readonly ledger: CommitLedger;
  readonly sabotage: Sabotage;
  readonly isMemberChecked: boolean;
  readonly batchRecordsMax: number;
  readonly queueRecordsMax: number;
  readonly sliceMs: number;
  readonly storeDelayMs: number;
  readonly standbyEveryMs: number | null;
  note(text: string): void;
}

export class Instance {
  readonly name: string;
  stores = new MemoryStateStore();
  host: Host;
  log: FaultyLog | null = null;
  readonly #world: InstanceWorld;
  #running: RunningStages | null = null;
  #sink: RunningSink | null = null;

  constructor(name: string, world: InstanceWorld) {
    this.name = name;
    this.#world = world;
    this.host = new Host(name);
    this.host.kill();
  }

  get isUp(): boolean {
    return this.#running !== null;
  }

  /** Running tasks; none of a process that is down. */
  tasks(): TaskStatus[] {
    return this.#running?.tasks() ?? [];
  }

  start(log: Log): void {
    const {
      scheduler,
      external,
      ledger,
      sabotage,
      isMemberChecked,
      batchRecordsMax,
      queueRecordsMax,
      sliceMs,
      storeDelayMs,
      standbyEveryMs,
    } = this.#world;
    const world = this.#world;
    const host = new Host(this.name);
    const faulty = new FaultyLog({ host, log, fate: world, isMemberChecked });
    this.host = host;
    this.log = faulty;
    const clock = {
      nowMs: () => scheduler.nowMs(),
      sleep: (ms: number, signal?: AbortSignal) => host.through(() => scheduler.sleep(ms, signal)),
    };
    const seen = sabotage.log?.(faulty, this.name) ?? faulty;
    const observer = observerOf(host, world);
    const running = runStages({
      log: seen,
      stateStore: new FaultyStateStore(host, sabotage.stores?.(this.stores, this.name) ?? this.stores, world),
      stages,
      prefix: PREFIX,
      instance: this.name,
      clock,
      observer,
      settings: {
        batchRecordsMax,
        sliceMs,
        storeDelayMs,
        queue: { recordsMax: queueRecordsMax, bytesMax: 1_000_000 },
        onHandlerFailure: 'dead-letter',
        backoffMs: 50,
        backoffMsMax: 800,
      },
      // Three values or four in each of the two generations: most are read again from the store.
      decodedBytesMax: 4_000,
      standbyEveryMs,
      yieldTurn: () => host.through(() => scheduler.turn()),
      faultPoint: (point) => host.through(() => world.call(host, point, false)),
    });
    const target = targetFor(host, external, ledger, world);
    const sink = runSink({
      definition: copying,
      target: sabotage.target?.(target, external) ?? target,
      log: seen,
      prefix: PREFIX,
      instance: this.name,
      clock,
      observer,
    });
    this.#running = running;
    this.#sink = sink;
    // Nothing that these start with may fail for good: whatever is unavailable is waited for.
    const failed = (what: string) => (error: unknown) => {
      if (!host.isDead) world.fail(`${this.name}: ${what} failed to start: ${String(error)}`);
    };
    running.started.catch(failed('stages'));
    sink.started.catch(failed('sink'));
  }

  /** Dies at once. What the outside world sees of it ends a little later, as connections do. */
  kill(): void {
    this.host.kill();
    this.stores.crash();
    this.#running = null;
    this.#sink = null;
  }

  /** Stops in order. */
  async stop(): Promise<void> {
    const { host } = this;
    const [running, sink] = [this.#running, this.#sink];
    await Promise.all([running?.stop(), sink?.stop()]);
    if (host !== this.host || host.isDead) return;
    this.#running = null;
    this.#sink = null;
    host.kill();
    this.stores.crash();
  }
}

/** Nothing that happens here is a reason for them. */
const FATAL: ReadonlySet<string> = new Set(['sink failed', 'lookup stopped', 'a copy of a task could not be kept']);

/** What a process says. The dead say nothing: their last turn may find their store closed already. */
function observerOf(host: Host, world: InstanceWorld): RuntimeObserver {
  const { name } = host;
  return {
    taskState: (stage, partition, state, reason) => {
      if (host.isDead) return;
      world.note(`${name} ${stage}.${partition} ${state}${reason ? `: ${reason}` : ''}`);
      if (state === 'broken') world.fail(`${name}: task ${stage}.${partition} is broken: ${reason}`);
    },
    storeWiped: (stage, partition, reason) => world.note(`${name} ${stage}.${partition} wiped: ${reason}`),
    warn: (message, fields) => {
      if (host.isDead) return;
      const reason = String(fields['reason'] ?? fields['error']);
      world.note(`${name} warns: ${message} ${reason}`);
      if (FATAL.has(message)) world.fail(`${name}: ${message}: ${reason}`);
    },
  };
}

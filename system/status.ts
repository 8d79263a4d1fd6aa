// How the whole system is doing, gathered once a second for the status route, readiness and the page.
import { Gauge, type Registry } from 'prom-client';
import type { RuntimeStatus } from '../gateway/dependencies.ts';
import type { ServingHealth, ServingStore } from '../serving/serving-store.ts';
import type { Log } from '../streams/log/log.ts';
import type { RunningSink, RunningStages, TaskStatus } from '../streams/run.ts';
import type { Freshness } from './freshness.ts';
import type { RuntimeMetrics } from './runtime-metrics.ts';
import { taskGauges } from './task-gauges.ts';

/** Undefined is what this process does not have. */
export interface StatusOptions {
  readonly log: Log;
  /** How much of the log's disk is free, and whether that is too little to accept anything. */
  readonly room: (() => DiskRoom) | undefined;
  /** Empty, or why records wait for the schema registry. */
  readonly registryProblem: (() => string) | undefined;
  /** Empty, or why the demonstration shop is not to be shown yet. */
  readonly shopProblem: (() => string) | undefined;
  readonly running: RunningStages | undefined;
  readonly serve: RunningSink | undefined;
  readonly serving: ServingStore | undefined;
  readonly observer: RuntimeMetrics;
  readonly freshness: Freshness | undefined;
  readonly registry: Registry;
}

/** A task that has work but commits nothing for so long is not ready. */
const STALLED_MS = 60_000;
const REFRESH_MS = 1_000;
/** Topics that others write; what stages write to each other would count an event several times. */
const FROM_OUTSIDE = ['interactions', 'customers'];

export interface DiskRoom {
  readonly freeBytes: number;
  readonly isScarce: boolean;
}

export interface Status {
  read(): RuntimeStatus;
  stop(): void;
}

export function createStatus(options: StatusOptions): Status {
  const { room, registry, running } = options;
  if (room !== undefined)
    new Gauge({
      name: 'freshet_disk_free_bytes',
      help: 'Free bytes on the disk of the log.',
      registers: [registry],
      collect() {
        this.set(room().freeBytes);
      },
    });
  const seen: Seen = { lags: new Map(), health: { ok: true, problem: null } };
  if (running !== undefined) taskGauges({ registry, tasks: () => running.tasks(), lags: () => seen.lags });
  new Gauge({
    name: 'freshet_part_ready',
    help: '1 when a part of this process works, 0 when readiness waits for it.',
    labelNames: ['part'],
    registers: [registry],
    collect() {
      for (const { name, ready } of readStatus(options, seen).parts) this.labels(name).set(ready ? 1 : 0);
    },
  });
  const refresh = async () => {
    if (options.serving !== undefined) seen.health = await options.serving.health();
    seen.lags = await readLags(options);
  };
  const look = () => void refresh().catch(() => undefined); // the next look may succeed
  look();
  const timer = setInterval(look, REFRESH_MS);
  timer.unref();
  return {
    read: () => readStatus(options, seen),
    stop: () => clearInterval(timer),
  };
}

/** What takes asking. */
interface Seen {
  lags: ReadonlyMap<string, number>;
  health: ServingHealth;
}

async function readLags({ log, running }: StatusOptions): Promise<Map<string, number>> {
  const inputs = (running?.tasks() ?? []).flatMap(({ stage, partition, nextOffsets }) =>
    [...nextOffsets].map(([topic, offset]) => ({ task: `${stage}/${partition}`, topic, partition, offset })),
  );
  const ends = inputs.length === 0 ? [] : await log.writtenEnds(inputs);
  const lags = new Map<string, number>();
  for (const [index, { task, offset }] of inputs.entries())
    lags.set(task, (lags.get(task) ?? 0) + Math.max(0, (ends[index] ?? 0) - offset));
  return lags;
}

function readStatus(options: StatusOptions, { lags, health }: Seen): RuntimeStatus {
  const { running, serve, serving, room, registryProblem, shopProblem, observer, freshness } = options;
  const tasks = running?.tasks() ?? [];
  const parts = [
    running && { name: 'stages', ready: running.isReady() && !tasks.some(isStalled), detail: stagesDetail(tasks) },
    serve && partOf('serve', serve.problem()),
    serving && {
      name: 'serving-store',
      // Who only reads it answers rankings from memory while it is away: without any gateway there would be no answer at all.
      ready: health.ok || serve === undefined,
      ...(health.problem === null ? {} : { detail: health.problem }),
    },
    room && diskPart(room()),
    registryProblem && partOf('schema-registry', registryProblem()),
    shopProblem && partOf('demonstration-shop', shopProblem()),
  ];
  return {
    parts: parts.filter((part) => part !== undefined),
    tasks: tasks.map(({ stage, partition, state }) => ({
      stage,
      partition,
      state,
      lagRecords: lags.get(`${stage}/${partition}`) ?? 0,
    })),
    recordsProcessed: FROM_OUTSIDE.reduce((sum, topic) => sum + (observer.handled.get(topic) ?? 0), 0),
    freshnessMs: freshness?.recent() ?? null,
    counts: Object.fromEntries(observer.handled),
  };
}

function partOf(name: string, problem: string): RuntimeStatus['parts'][number] {
  return { name, ready: problem === '', ...(problem === '' ? {} : { detail: problem }) };
}

function diskPart({ freeBytes, isScarce }: DiskRoom): RuntimeStatus['parts'][number] {
  const detail = `${Math.round(freeBytes / 2 ** 20)} MiB free`;
  return {
    name: 'disk',
    ready: !isScarce,
    detail: isScarce ? `${detail}: nothing new is accepted, reads go on` : detail,
  };
}

function isStalled(task: TaskStatus): boolean {
  return task.stalledMs > STALLED_MS;
}

function stagesDetail(tasks: readonly TaskStatus[]): string {
  const waiting = tasks.filter((task) => task.state !== 'running');
  if (waiting.length === 0) return `${tasks.length} tasks running`;
  return waiting
    .map(({ stage, partition, state, reason }) => `${stage}.${partition} ${state}${reason === '' ? '' : `: ${reason}`}`)
    .join('; ');
}

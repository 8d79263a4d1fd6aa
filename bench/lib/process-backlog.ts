// A process that works off the backlog of a data folder, or of a broker, and says what it cost: `process-backlog.ts '{"dataDir": …}'`,
// one line of JSON.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../../config/settings.ts';
import { customers, stages } from '../../processors/topology.ts';
import { physicalName } from '../../streams/index.ts';
import type { Log } from '../../streams/log/log.ts';
import { patiently, type BatchReport, type RunningStages } from '../../streams/run.ts';
import { collectRarely } from '../../system/garbage-collection.ts';
import { partitions, prefix, startProcessing, type OnKafka } from '../../test/faults/processing.ts';
import { READY_FILE } from './backlog.ts';
import { ownMibOf } from './process-cost.ts';
import { rounded } from './quantiles.ts';

export interface ProcessBacklog {
  readonly dataDir: string;
  /** All stages and the serve sink, or only the customers stage. */
  readonly everything: boolean;
  /** Has the log; otherwise the data folder does. */
  readonly kafka?: OnKafka;
  /** Other processes take part in a backlog that comes once all have their tasks. */
  readonly shared?: SharedBacklog;
}

export interface SharedBacklog {
  readonly processes: number;
  /** Each is done when the group has handled all of them, whatever its own share was. */
  readonly events: number;
}

export interface BacklogFigures {
  readonly events: number;
  /** Of the first batch's beginning and the last one's end. */
  readonly from_ms: number;
  readonly until_ms: number;
  readonly seconds: number;
  readonly events_per_second: number;
  /** All stages and, where it runs, the sink, have come to the end. */
  readonly seconds_until_all_done: number;
  readonly cpu_seconds: number;
  readonly cpu_us_per_event: number;
  readonly rss_mib: number;
  readonly rss_max_mib: number;
  /** Of `rss_mib` what is not pages of lmdb's files. */
  readonly rss_own_mib: number | null;
  readonly heap_mib: number;
  readonly disk_mib: number;
  readonly batches: number;
  readonly events_per_batch: number;
  readonly lists_written_per_event: number;
  readonly handle_ms_per_batch: number;
  readonly commit_ms_per_batch: number;
  readonly apply_ms_per_batch: number;
}

const MIB = 2 ** 20;
const LOOK_EVERY_MS = 20;
const IDLE_LOOKS = 10;

async function processBacklog({ dataDir, everything, kafka, shared }: ProcessBacklog): Promise<BacklogFigures> {
  const { settings } = readSettings({ DATA_DIR: dataDir, DEMO: 'off' });
  collectRarely();
  const meter = new Meter();
  const processing = await startProcessing({
    dataDir,
    kafka,
    instance: String(process.pid),
    stages: everything ? stages : [customers],
    observer: { batch: (report) => meter.count(report) },
    batchRecordsMax: settings.batchSize,
    decodedBytesMax: settings.stateCacheBytesMax,
    queueBytesMax: settings.queueBytesMax,
  });
  const { log, running, serving } = processing;
  // The stages start once their lookups are complete, which is after this.
  const backlog = await interactionsWaiting(log);
  const listsBefore = await offsetsOf(log, 'recommendations');
  await running.started;
  if (shared === undefined) await caughtUp(log, running);
  else await sharedWithOthers(log, running, shared, dataDir);
  // What only the sink has left shows in the serving store's progress.
  if (everything) while (!(await isServed(log, serving))) await sleep(LOOK_EVERY_MS);
  const figures = meter.figures(backlog);
  const lists = (await offsetsOf(log, 'recommendations')) - listsBefore - figures.batches;
  await processing.stop();
  return {
    ...figures,
    lists_written_per_event: rounded(lists / figures.events),
    disk_mib: rounded(bytesIn(dataDir) / MIB),
  };
}

/** From the first batch of the customers stage on. */
class Meter {
  #startMs = 0;
  #startCpu = process.cpuUsage();
  #lastCommitMs = 0;
  #events = 0;
  #batches = 0;
  #spentMs = { handle: 0, commit: 0, apply: 0 };

  count(report: BatchReport): void {
    const events = report.byTopic.get('interactions') ?? 0;
    if (report.stage !== customers.name || events === 0) return;
    const nowMs = performance.now();
    if (this.#events === 0) {
      this.#startMs = nowMs - report.handleMs - report.commitMs - report.applyMs;
      this.#startCpu = process.cpuUsage();
    }
    this.#lastCommitMs = nowMs;
    this.#events += events;
    this.#batches += 1;
    this.#spentMs.handle += report.handleMs;
    this.#spentMs.commit += report.commitMs;
    this.#spentMs.apply += report.applyMs;
  }

  figures(backlog: number): Omit<BacklogFigures, 'disk_mib' | 'lists_written_per_event'> {
    const seconds = (this.#lastCommitMs - this.#startMs) / 1000;
    const cpu = process.cpuUsage(this.#startCpu);
    const cpuSeconds = (cpu.user + cpu.system) / 1e6;
    const perBatch = (sum: number) => rounded(sum / Math.max(1, this.#batches));
    const { heapUsed, rss } = process.memoryUsage();
    if (this.#events < backlog) throw new Error(`${this.#events} of ${backlog} events were processed`);
    return {
      events: this.#events,
      from_ms: Math.round(performance.timeOrigin + this.#startMs),
      until_ms: Math.round(performance.timeOrigin + this.#lastCommitMs),
      seconds: rounded(seconds),
      events_per_second: Math.round(this.#events / seconds),
      seconds_until_all_done: rounded((performance.now() - this.#startMs) / 1000),
      cpu_seconds: rounded(cpuSeconds),
      cpu_us_per_event: rounded((cpuSeconds * 1e6) / this.#events),
      rss_mib: rounded(rss / MIB),
      rss_own_mib: ownMibOf(process.pid),
      rss_max_mib: rounded(process.resourceUsage().maxRSS / 1024),
      heap_mib: rounded(heapUsed / MIB),
      batches: this.#batches,
      events_per_batch: rounded(this.#events / Math.max(1, this.#batches)),
      handle_ms_per_batch: perBatch(this.#spentMs.handle),
      commit_ms_per_batch: perBatch(this.#spentMs.commit),
      apply_ms_per_batch: perBatch(this.#spentMs.apply),
    };
  }
}

async function interactionsWaiting(log: Log): Promise<number> {
  let waiting = -(await interactionsHandled(log));
  for (const partition of partitionNumbers()) {
    waiting += (await log.offsets({ topic: physicalName(prefix, 'interactions'), partition })).end;
  }
  return waiting;
}

/** By the whole group. */
async function interactionsHandled(log: Log): Promise<number> {
  // A broker that has just started has no coordinator yet.
  const committed = await patiently(() => log.committedOffsets(`${prefix}.${customers.name}`));
  return committed
    .filter(({ topic }) => topic === physicalName(prefix, 'interactions'))
    .reduce((sum, { offset }) => sum + offset, 0);
}

async function sharedWithOthers(log: Log, running: RunningStages, shared: SharedBacklog, dataDir: string) {
  const share = partitions / shared.processes;
  while (!running.isReady() || running.tasks().length !== share) await sleep(LOOK_EVERY_MS);
  writeFileSync(join(dataDir, READY_FILE), '');
  while ((await interactionsHandled(log)) < shared.events) await sleep(LOOK_EVERY_MS);
}

/** Every task has read its inputs to the end, several looks in a row: the stages feed each other. */
async function caughtUp(log: Log, running: RunningStages): Promise<void> {
  for (let idle = 0; idle < IDLE_LOOKS;) {
    await sleep(LOOK_EVERY_MS);
    idle = running.isReady() && (await isCaughtUp(log, running)) ? idle + 1 : 0;
  }
}

async function isCaughtUp(log: Log, running: RunningStages): Promise<boolean> {
  for (const { partition, nextOffsets, queued } of running.tasks()) {
    if (queued > 0) return false;
    for (const [topic, offset] of nextOffsets) {
      if (offset < (await log.offsets({ topic, partition })).end) return false;
    }
  }
  return true;
}

async function isServed(
  log: Log,
  serving: { positions(): Promise<readonly { topic: string; partition: number; offset: number }[]> },
): Promise<boolean> {
  for (const { topic, partition, offset } of await serving.positions()) {
    if (offset < (await log.offsets({ topic, partition })).end) return false;
  }
  return true;
}

/** Offsets ever given to a topic: of each transaction's records, and one to its marker. */
async function offsetsOf(log: Log, name: string): Promise<number> {
  let sum = 0;
  for (const partition of partitionNumbers()) {
    sum += (await log.offsets({ topic: physicalName(prefix, name), partition })).end;
  }
  return sum;
}

function partitionNumbers(): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition);
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0);
}

// Last: classes are not hoisted.
const argument = process.argv[2];
if (argument !== undefined) {
  console.log(JSON.stringify(await processBacklog(JSON.parse(argument) as ProcessBacklog)));
}

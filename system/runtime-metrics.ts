// The runtime's reports as Prometheus metrics, and the few numbers of them that the status page shows.
import { Counter, Gauge, Histogram, collectDefaultMetrics, type Registry } from 'prom-client';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { BatchReport, RuntimeObserver } from '../streams/run.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const TASK_STATES = ['fencing', 'restoring', 'running', 'draining', 'closed', 'fenced', 'broken'];
/** Whoever has the task now tells of it. */
const ENDS = ['closed', 'fenced'];

export interface RuntimeMetrics extends RuntimeObserver {
  /** Records handled since the start, by logical topic. */
  readonly handled: ReadonlyMap<string, number>;
}

/** Registers the runtime's metrics; names and labels are those of the style guide, labels are bounded. */
export function runtimeMetrics(registry: Registry, logger: Logger, version: string): RuntimeMetrics {
  const registers = [registry];
  const consumed = new Counter({
    name: 'freshet_records_consumed_total',
    help: 'Records handled.',
    labelNames: ['stage', 'topic'],
    registers,
  });
  const rejected = new Counter({
    name: 'freshet_records_rejected_total',
    help: 'Records dead-lettered.',
    labelNames: ['stage', 'reason'],
    registers,
  });
  const noted = new Counter({
    name: 'freshet_records_noted_total',
    help: 'What processors counted.',
    labelNames: ['stage', 'reason'],
    registers,
  });
  const transactions = new Counter({
    name: 'freshet_transactions_total',
    help: 'Transactions by outcome.',
    labelNames: ['stage', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'freshet_transaction_duration_seconds',
    help: 'Time of a commit to the log.',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  });
  const delays = new Histogram({
    name: 'freshet_record_delay_seconds',
    help: 'Wall clock at commit minus the oldest event time of the batch.',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  });
  const states = new Gauge({
    name: 'freshet_task_state',
    help: '1 for the state a task is in.',
    labelNames: ['stage', 'partition', 'state'],
    registers,
  });
  const restoring = new Gauge({
    name: 'freshet_restore_remaining_records',
    help: 'Records left to restore.',
    labelNames: ['stage', 'partition'],
    registers,
  });
  const standby = new Gauge({
    name: 'freshet_standby_remaining_records',
    help: 'Records that the copy of a task of another process lacked when it was last brought up to date.',
    labelNames: ['stage', 'partition'],
    registers,
  });
  const rebalances = new Counter({
    name: 'freshet_rebalances_total',
    help: 'Assignments received.',
    labelNames: ['stage'],
    registers,
  });
  const lookups = new Gauge({
    name: 'freshet_lookup_records',
    help: 'Records folded into a lookup.',
    labelNames: ['lookup'],
    registers,
  });
  new Gauge({ name: 'freshet_build_info', help: 'The version that runs.', labelNames: ['version', 'node'], registers })
    .labels(version, process.version)
    .set(1);
  watchEventLoop(registers);
  collectDefaultMetrics({ register: registry });
  const handled = new Map<string, number>();
  return {
    handled,
    taskState: (stage, partition, state, reason) => {
      const isHere = !ENDS.includes(state);
      for (const each of TASK_STATES) {
        if (isHere) states.labels(stage, String(partition), each).set(each === state ? 1 : 0);
        else states.remove(stage, String(partition), each);
      }
      if (!isHere) restoring.remove(stage, String(partition));
      if (state === 'broken')
        logger.error({ stage, partition, reason }, 'a task stands still: restart Freshet once the cause is mended');
      else logger.debug({ stage, partition, state, reason }, 'task');
    },
    transaction: (stage, _partition, result, ms) => {
      transactions.labels(stage, result).inc();
      if (result === 'committed') durations.labels(stage).observe(ms / 1000);
    },
    batch: (report) => countBatch(report, handled, { consumed, rejected, noted, delays }),
    restoring: (stage, partition, remaining) => restoring.labels(stage, String(partition)).set(remaining),
    standby: (stage, partition, remaining) => {
      if (remaining === null) standby.remove(stage, String(partition));
      else standby.labels(stage, String(partition)).set(remaining);
    },
    storeWiped: (stage, partition, reason) =>
      logger.warn({ stage, partition, reason }, 'local store is not used: it is rebuilt from the log'),
    rebalanced: (stage) => rebalances.labels(stage).inc(),
    lookup: (name, records) => lookups.labels(name).set(records),
    warn: (message, fields) => logger.warn(fields, message),
  };
}

interface BatchCounters {
  readonly consumed: Counter;
  readonly rejected: Counter;
  readonly noted: Counter;
  readonly delays: Histogram;
}

function countBatch(report: BatchReport, handled: Map<string, number>, counters: BatchCounters): void {
  const { stage } = report;
  for (const [topic, count] of report.byTopic) {
    counters.consumed.labels(stage, topic).inc(count);
    handled.set(topic, (handled.get(topic) ?? 0) + count);
  }
  for (const [reason, count] of report.rejected) counters.rejected.labels(stage, reason).inc(count);
  for (const [reason, count] of report.counted) counters.noted.labels(stage, reason).inc(count);
  counters.delays.labels(stage).observe(Math.max(0, report.delayMs) / 1000);
}

function watchEventLoop(registers: Registry[]): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  new Gauge({
    name: 'freshet_event_loop_delay_seconds',
    help: '99th percentile since the last scrape.',
    registers,
    collect() {
      this.set(delay.percentile(99) / 1e9);
      delay.reset();
    },
  });
}

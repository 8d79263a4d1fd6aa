// How far behind this process's tasks are. A task that went to another process is told by that one alone.
import { Gauge, type Registry } from 'prom-client';
import type { TaskStatus } from '../streams/run.ts';

export interface TaskGauges {
  /** `lags` by `<stage>/<partition>`. */
  show(tasks: readonly TaskStatus[], lags: ReadonlyMap<string, number>): void;
}

export function taskGauges(registry: Registry): TaskGauges {
  const labelNames = ['stage', 'partition'] as const;
  const registers = [registry];
  const lag = new Gauge({
    name: 'freshet_consumer_lag_records',
    help: 'Offsets between a task and the end of its inputs.',
    labelNames,
    registers,
  });
  const stalled = new Gauge({
    name: 'freshet_task_stalled_seconds',
    help: 'How long a task has had work without committing anything.',
    labelNames,
    registers,
  });
  return {
    show: (tasks, lags) => {
      lag.reset();
      stalled.reset();
      for (const { stage, partition, stalledMs } of tasks) {
        const labels = [stage, String(partition)] as const;
        lag.labels(...labels).set(lags.get(`${stage}/${partition}`) ?? 0);
        stalled.labels(...labels).set(stalledMs / 1000);
      }
    },
  };
}

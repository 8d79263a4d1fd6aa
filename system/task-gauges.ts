// How far behind this process's tasks are. A task that went to another process is told by that one alone.
import { Gauge, type Registry } from 'prom-client';
import type { TaskStatus } from '../streams/run.ts';

export interface TaskGaugesOptions {
  readonly registry: Registry;
  readonly tasks: () => readonly TaskStatus[];
  /** Records that wait, by `<stage>/<partition>`, as last seen. */
  readonly lags: () => ReadonlyMap<string, number>;
}

export function taskGauges({ registry, tasks, lags }: TaskGaugesOptions): void {
  const gauge = (name: string, help: string, valueOf: (task: TaskStatus) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['stage', 'partition'],
      registers: [registry],
      // When somebody asks: also while the brokers are away, which is when it matters.
      collect() {
        this.reset();
        for (const task of tasks()) this.labels(task.stage, String(task.partition)).set(valueOf(task));
      },
    });
  gauge(
    'freshet_consumer_lag_records',
    'Offsets between a task and the end of its inputs.',
    ({ stage, partition }) => lags().get(`${stage}/${partition}`) ?? 0,
  );
  gauge(
    'freshet_task_stalled_seconds',
    'How long a task has had work without committing anything.',
    ({ stalledMs }) => stalledMs / 1000,
  );
}

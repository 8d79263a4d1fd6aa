// A task that has gone to another process must not be told by the former one for ever: an alert on its lag would never end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { TaskStatus } from '../streams/run.ts';
import { runtimeMetrics } from './runtime-metrics.ts';
import { taskGauges } from './task-gauges.ts';

const task = (partition: number, stalledMs: number): TaskStatus => ({
  stage: 'customers',
  partition,
  state: 'running',
  reason: '',
  queued: 0,
  stalledMs,
  nextOffsets: new Map(),
  streamTimeMs: 0,
});

test('lag and stall are those of the tasks that are here', async () => {
  const registry = new Registry();
  let tasks = [task(0, 0), task(1, 61_000)];
  taskGauges({ registry, tasks: () => tasks, lags: () => new Map([['customers/1', 7]]) });
  const before = await registry.metrics();
  assert.match(before, /freshet_consumer_lag_records\{stage="customers",partition="1"\} 7\n/);
  assert.match(before, /freshet_task_stalled_seconds\{stage="customers",partition="1"\} 61\n/);
  tasks = [task(0, 0)];
  const after = await registry.metrics();
  assert.doesNotMatch(after, /partition="1"/);
  assert.match(after, /freshet_consumer_lag_records\{stage="customers",partition="0"\} 0\n/);
});

test('so is the state, until the task is closed or another process has it', async () => {
  const registry = new Registry();
  const observer = runtimeMetrics(registry, pino({ level: 'silent' }), '1.2.3');
  const states = async () => (await registry.metrics()).match(/^freshet_task_state\{.*\} 1$/gm) ?? [];
  for (const end of ['closed', 'fenced']) {
    observer.taskState?.('customers', 0, 'restoring');
    observer.restoring?.('customers', 0, 50);
    assert.deepEqual(await states(), ['freshet_task_state{stage="customers",partition="0",state="restoring"} 1']);
    observer.taskState?.('customers', 0, end);
    assert.deepEqual(await states(), []);
    assert.doesNotMatch(await registry.metrics(), /partition="0"/);
  }
  observer.taskState?.('customers', 0, 'broken');
  assert.deepEqual(await states(), ['freshet_task_state{stage="customers",partition="0",state="broken"} 1']);
});

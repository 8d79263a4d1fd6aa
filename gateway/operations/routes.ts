// What those who run Freshet ask: is it alive, is it ready, how is it doing, and the numbers for Prometheus.
import type { Registry } from 'prom-client';
import type { GatewayClock, GatewayDependencies, RuntimeStatus } from '../dependencies.ts';
import { retryAfter } from '../contract/common.ts';
import { route } from '../contract/declare.ts';
import { named, nullable } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';

type Dependencies = Pick<GatewayDependencies, 'status' | 'metrics'> & {
  readonly clock: GatewayClock;
  readonly isClosing: () => boolean;
};

const tag = 'Operations';
const part = shown.shape({ name: shown.text(), ready: shown.flag() }, { detail: shown.text() });

export function operationRoutes(dependencies: Dependencies): Route[] {
  const startedMs = dependencies.clock.nowMs();
  return [
    route({
      method: 'GET',
      at: '/healthz',
      scope: 'open',
      id: 'getHealth',
      tag,
      summary: 'Whether the process is alive.',
      answers: { 200: { description: 'It is.', schema: shown.shape({ status: shown.choice(['alive']) }) } },
      examples: [{ name: 'alive', summary: 'Alive', status: 200, answer: { status: 'alive' } }],
      handle: () => json(200, { status: 'alive' }),
    }),
    route({
      method: 'GET',
      at: '/readyz',
      scope: 'open',
      id: 'getReadiness',
      tag,
      summary: 'Whether everything works.',
      answers: {
        200: { description: 'It does.', schema: shown.shape({ status: shown.choice(['ready']) }) },
        503: {
          description: 'What is missing, and what it waits for.',
          schema: named('NotReady', shown.shape({ status: shown.choice(['not ready']), not_ready: shown.list(part) })),
          headers: retryAfter,
        },
      },
      examples: [{ name: 'ready', summary: 'Ready', status: 200, answer: { status: 'ready' } }],
      handle: () => readiness(dependencies),
    }),
    route({
      method: 'GET',
      at: '/metrics',
      scope: 'read',
      id: 'getMetrics',
      tag,
      summary: 'Metrics for Prometheus.',
      answers: {
        200: { description: 'Prometheus’ text format.', schema: shown.text(), contentType: 'text/plain' },
      },
      examples: [
        {
          name: 'metrics',
          summary: 'Some lines of it',
          status: 200,
          answer: '# TYPE freshet_build_info gauge\nfreshet_build_info{version="0.1.0"} 1\n',
        },
      ],
      handle: () => metrics(dependencies.metrics),
    }),
    route({
      method: 'GET',
      at: '/api/v1/status',
      scope: 'admin',
      id: 'getStatus',
      tag,
      summary: 'How the processing is doing.',
      answers: { 200: { description: 'As of the last second.', schema: statusSchema } },
      examples: [{ name: 'status', summary: 'A system at work', status: 200, answer: statusExample }],
      handle: () => status(dependencies, startedMs),
    }),
  ];
}

const statusSchema = named(
  'Status',
  shown.shape({
    at: shown.time(),
    uptime_seconds: shown.number(),
    ready: shown.flag(),
    parts: shown.list(part, 'Parts that must work before customers can be served.'),
    records_processed: shown.number('Since the start, by each stage that reads them.'),
    freshness_ms: nullable({
      ...shown.shape({ p50: shown.number(), p99: shown.number() }),
      description: 'From accepted to readable, over the latest samples.',
    }),
    lag_records: shown.number('Records that wait.'),
    counts: shown.mapOf(shown.number(), 'By topic, since the start.'),
    tasks: shown.list(
      shown.shape({
        stage: shown.text(),
        partition: shown.whole(),
        state: shown.text('`running` when all is well.'),
        lag_records: shown.number(),
      }),
    ),
  }),
);

const statusExample = {
  at: '2026-11-22T20:49:31.245Z',
  uptime_seconds: 12,
  ready: true,
  parts: [{ name: 'customers stage', ready: true }],
  records_processed: 51_234,
  freshness_ms: { p50: 6, p99: 18 },
  lag_records: 0,
  counts: { interactions: 51_000 },
  tasks: [{ stage: 'customers', partition: 0, state: 'running', lag_records: 0 }],
};

function readiness({ status: read, isClosing }: Dependencies): Answer {
  const parts: RuntimeStatus['parts'] = [
    ...read().parts,
    ...(isClosing() ? [{ name: 'gateway', ready: false, detail: 'shutting down' }] : []),
  ];
  const missing = parts.filter(({ ready }) => !ready);
  return missing.length === 0
    ? json(200, { status: 'ready' })
    : json(503, { status: 'not ready', not_ready: missing }, { 'retry-after': '1' });
}

async function metrics(registry: Registry): Promise<Answer> {
  return { status: 200, body: await registry.metrics(), contentType: registry.contentType };
}

function status({ status: read, clock, isClosing }: Dependencies, startedMs: number): Answer {
  const { parts, tasks, recordsProcessed, freshnessMs, counts } = read();
  const nowMs = clock.nowMs();
  return json(200, {
    at: new Date(nowMs).toISOString(),
    uptime_seconds: Math.round((nowMs - startedMs) / 1000),
    ready: !isClosing() && parts.every(({ ready }) => ready),
    parts,
    records_processed: recordsProcessed,
    freshness_ms: freshnessMs,
    lag_records: tasks.reduce((sum, { lagRecords }) => sum + lagRecords, 0),
    counts,
    tasks: tasks.map(({ stage, partition, state, lagRecords }) => ({
      stage,
      partition,
      state,
      lag_records: lagRecords,
    })),
  });
}

// What those who run Freshet ask: is it alive, is it ready, how is it doing, and the numbers for Prometheus.
import type { Registry } from 'prom-client';
import type { GatewayClock, GatewayDependencies, RuntimeStatus } from '../dependencies.ts';
import { json, type Answer } from '../http/answer.ts';
import type { Route } from '../http/route.ts';

type Dependencies = Pick<GatewayDependencies, 'status' | 'metrics'> & {
  readonly clock: GatewayClock;
  readonly isClosing: () => boolean;
};

export function operationRoutes(dependencies: Dependencies): Route[] {
  const startedMs = dependencies.clock.nowMs();
  return [
    { method: 'GET', path: '/healthz', scope: 'open', handle: () => json(200, { status: 'alive' }) },
    { method: 'GET', path: '/readyz', scope: 'open', handle: () => readiness(dependencies) },
    { method: 'GET', path: '/metrics', scope: 'read', handle: () => metrics(dependencies.metrics) },
    { method: 'GET', path: '/api/v1/status', scope: 'admin', handle: () => status(dependencies, startedMs) },
  ];
}

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

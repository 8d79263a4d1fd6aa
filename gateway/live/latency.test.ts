import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { gatewayMetrics } from '../metrics.ts';
import { LatencyMeter } from './latency.ts';

test('quantiles are of what came since the last time, of all routes of the API together', async () => {
  const registry = new Registry();
  const { timer } = gatewayMetrics(registry);
  const meter = new LatencyMeter(registry);
  assert.deepEqual(await meter.sinceLast(), { requests: 0, p50Ms: null, p99Ms: null });

  for (let count = 0; count < 98; count += 1) timer('GET', '/api/v1/items/:item_id')(200, 1.5);
  timer('POST', '/api/v1/interactions')(202, 30);
  timer('POST', '/api/v1/interactions')(202, 60_000);
  timer('GET', '/healthz')(200, 4000);
  const busy = await meter.sinceLast();
  assert.equal(busy.requests, 100);
  assert.ok(busy.p50Ms !== null && busy.p50Ms > 1 && busy.p50Ms <= 2.5, `${busy.p50Ms} ms`);
  assert.ok(busy.p99Ms !== null && busy.p99Ms > 20 && busy.p99Ms <= 50, `${busy.p99Ms} ms`);

  timer('GET', '/api/v1/items/:item_id')(200, 60_000);
  assert.deepEqual(await meter.sinceLast(), { requests: 1, p50Ms: 5000, p99Ms: 5000 });
  assert.deepEqual(await meter.sinceLast(), { requests: 0, p50Ms: null, p99Ms: null });
});

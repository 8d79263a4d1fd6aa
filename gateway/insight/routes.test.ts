import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Counter, Registry } from 'prom-client';
import { openBench, type Json } from '../testing/gateway-bench.ts';

suite('GET /api/v1/topology', () => {
  test('counts what was written to topics, and what stages have handled of them', async () => {
    const metrics = new Registry();
    count(metrics, 'freshet_records_consumed_total', { stage: 'customers', topic: 'interactions' }, 7);
    count(metrics, 'freshet_records_written_total', { topic: 'interactions' }, 9);
    const bench = await openBench({}, { metrics });
    const { status, json } = await bench.ask('GET', '/api/v1/topology');
    assert.equal(status, 200);
    assert.equal(list(json['nodes']).find(({ id }) => id === 'topic:interactions')?.['records'], 9);
    const edges = list(json['edges']);
    const recordsOf = (from: string, to: string) =>
      edges.find((edge) => edge['from'] === from && edge['to'] === to)?.['records'];
    assert.equal(recordsOf('topic:interactions', 'processor:profile'), 7);
    assert.equal(recordsOf('processor:profile', 'topic:profiles'), 0);
    assert.equal(recordsOf('lookup:catalogue', 'processor:profile'), null);
    assert.deepEqual(list(json['stages'])[0], {
      name: 'customers',
      tasks: 1,
      tasks_running: 1,
      lag_records: 3,
      rejected: 0,
    });
    await bench.close();
  });
});

test('GET /api/v1/segments answers the census', async () => {
  const bench = await openBench();
  assert.deepEqual((await bench.ask('GET', '/api/v1/segments')).json, {
    segments: [],
    customers: 0,
    complete: true,
    estimated: false,
  });
  await bench.close();
});

function count(metrics: Registry, name: string, labels: Record<string, string>, value: number): void {
  new Counter({ name, help: name, labelNames: Object.keys(labels), registers: [metrics] }).inc(labels, value);
}

function list(json: Json | undefined): readonly Record<string, unknown>[] {
  return json as unknown as readonly Record<string, unknown>[];
}

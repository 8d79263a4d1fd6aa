import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openBench, runningStatus, type Bench } from '../testing/gateway-bench.ts';

suite('for those who run it', () => {
  let bench: Bench;
  before(async () => (bench = await openBench()));
  after(() => bench.close());

  test('ready only when every part is, and says which is not', async () => {
    assert.equal((await bench.ask('GET', '/readyz')).status, 200);
    const disk = { name: 'disk', ready: false, detail: '3 MiB free: nothing new is accepted, reads go on' };
    bench.status = { ...runningStatus, parts: [{ name: 'customers stage', ready: false, detail: 'restoring' }, disk] };
    const { status, json, headers } = await bench.ask('GET', '/readyz');
    assert.deepEqual([status, headers.get('retry-after')], [503, '1']);
    assert.deepEqual(json['not_ready'], [{ name: 'customers stage', ready: false, detail: 'restoring' }, disk]);
    assert.equal((await bench.ask('GET', '/healthz')).status, 200, 'alive all the same');
    bench.status = runningStatus;
  });

  test('the status sums up tasks, lag and freshness', async () => {
    bench.time += 61_000;
    const { json } = await bench.ask('GET', '/api/v1/status');
    assert.deepEqual(json['tasks'], [{ stage: 'customers', partition: 0, state: 'running', lag_records: 3 }]);
    assert.deepEqual([json['lag_records'], json['freshness_ms'], json['uptime_seconds']], [3, { p50: 4, p99: 20 }, 61]);
  });
});

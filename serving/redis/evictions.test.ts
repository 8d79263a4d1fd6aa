import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginning, decodeEvictions, isWorthRebuilding, lookAt, memoryOf } from './evictions.ts';

const server = (evictedKeys: number, bytesMax = 100, policy = 'allkeys-lru', runId = 'a') => ({
  runId,
  evictedKeys,
  policy,
  bytesMax,
  isPrimary: true,
});

test('only what was evicted since everything was written, and from keys like ours, leaves something missing', () => {
  const known = beginning([server(7)]);
  assert.equal(lookAt([server(7)], known).under, null);
  assert.equal(lookAt([server(9, 100, 'volatile-lru')], known).under, null);
  assert.equal(lookAt([server(8)], known).under, 'allkeys-lru 100');
  assert.equal(lookAt([server(1, 100, 'allkeys-lru', 'restarted')], known).under, 'allkeys-lru 100');
});

test('it stays known through a restart, which counts anew, until other limits make it worth to write all again', () => {
  const missing = lookAt([server(8)], beginning([server(7)]));
  const kept = decodeEvictions(JSON.stringify(missing));
  assert.deepEqual(kept, missing);
  const restarted = [server(0, 100, 'allkeys-lru', 'b')];
  assert.equal(lookAt(restarted, missing).under, 'allkeys-lru 100');
  assert.equal(isWorthRebuilding(missing, restarted), false);
  assert.equal(isWorthRebuilding(missing, [server(0, 200)]), true);
  assert.equal(isWorthRebuilding(beginning([server(8)]), [server(8, 200)]), false);
});

test('evictions that are seen only after the limits were changed were before that', () => {
  const changed = [server(8, 200)];
  assert.equal(isWorthRebuilding(lookAt(changed, beginning([server(7)])), changed), true);
});

test('a server’s INFO is read', () => {
  const info =
    'run_id:abc\r\nevicted_keys:3\r\nmaxmemory:100\r\nmaxmemory_human:1\r\nmaxmemory_policy:noeviction\r\nrole:slave\r\n';
  assert.deepEqual(memoryOf(info), {
    runId: 'abc',
    evictedKeys: 3,
    policy: 'noeviction',
    bytesMax: 100,
    isPrimary: false,
  });
  assert.equal(decodeEvictions('{'), null);
});

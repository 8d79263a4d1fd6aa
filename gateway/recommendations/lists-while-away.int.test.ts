// A gateway on a real Redis, which is killed, stands still, is emptied, and comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { items, rankings, recommendations } from '../../schemas/topics.ts';
import { openRedisServingStore } from '../../serving/redis/redis-serving-store.ts';
import { leftOut } from '../../test/left-out.ts';
import { hasRedis, RedisServer, withoutRedis } from '../../test/servers/redis.ts';
import { aList, anItem, aRanking, nowMs } from '../testing/examples.ts';
import { openBench } from '../testing/gateway-bench.ts';

test('lists while Redis is away', { timeout: 60_000 }, async () => {
  if (!hasRedis()) return leftOut(withoutRedis);
  const server = await RedisServer.start();
  const connection = { urls: [server.url], prefix: 'freshet', commandTimeoutMs: 300 };
  const store = await openRedisServingStore(connection, { checkEveryMs: 100 });
  const entries = [
    { collection: items.name, key: 'mug', value: items.codec.encode(anItem({ item_id: 'mug' })), offset: 0 },
    {
      collection: rankings.name,
      key: 'popular',
      value: rankings.codec.encode(aRanking('popular', 'mug')),
      offset: 1,
    },
    { collection: recommendations.name, key: 'ada', value: recommendations.codec.encode(aList()), offset: 2 },
  ];
  const serve = () => store.write([{ topic: 'all', partition: 0, entries, nextOffset: 3 }]);
  await serve();
  await store.check();
  const clock = { nowMs: () => nowMs, sleep: (ms: number) => sleep(ms, undefined, { ref: false }) };
  const bench = await openBench({}, { serving: store, clock });
  const why = async (): Promise<unknown> => {
    const { status, json } = await bench.ask('GET', '/api/v1/recommendations/ada');
    assert.equal(status, 200);
    return json['fallback']?.['why'];
  };
  const becomes = async (reason: string | null): Promise<void> => {
    while ((await why()) !== reason) await sleep(20);
  };
  try {
    await becomes(null);
    server.pause();
    assert.equal(await why(), 'store_unavailable');
    server.resume();
    await becomes(null);
    server.cli('FLUSHALL');
    assert.equal(await why(), 'store_unavailable');
    await serve();
    await becomes(null);
    await server.kill();
    assert.equal(await why(), 'store_unavailable');
    await server.startAgain();
    assert.equal(await why(), 'store_unavailable', 'it came back empty');
    while (
      !(await serve().then(
        () => true,
        () => false,
      ))
    )
      await sleep(20); // not connected yet
    await becomes(null);
  } finally {
    await bench.close();
    await store.close();
    await server.remove();
  }
});

// The Redis that tests run on: stopped it may save, killed it may not, and it is gone when removed, in whatever state it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOut } from '../left-out.ts';
import { hasRedis, RedisServer, withoutRedis } from './redis.ts';

test('Redis ends in order or at once, and comes back with what it had saved', async () => {
  if (!hasRedis()) return leftOut(withoutRedis);
  const server = await RedisServer.start({ config: ['save 3600 1'] });
  try {
    server.cli('SET', 'key', 'saved');
    await server.restart();
    assert.equal(server.cli('GET', 'key'), 'saved');
    server.cli('SET', 'key', 'lost');
    await server.kill();
    await server.startAgain();
    assert.equal(server.cli('GET', 'key'), 'saved');
  } finally {
    await server.remove();
  }
  assert.throws(() => server.cli('PING'));
});

test('Redis is removed while it stands still, and after it was stopped or killed', async () => {
  if (!hasRedis()) return leftOut(withoutRedis);
  for (const end of ['pause', 'stop', 'kill'] as const) {
    const server = await RedisServer.start();
    await server[end]();
    await server.remove();
    assert.throws(() => server.cli('PING'), end);
  }
});

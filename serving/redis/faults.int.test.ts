// What happens to one real server, and what readers and the sink see of it: never something that is wrong.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { DependencyUnavailable, StateUnusable } from '../../streams/errors.ts';
import { leftOut } from '../../test/left-out.ts';
import { hasRedis, RedisServer, withoutRedis } from '../../test/servers/redis.ts';
import type { ServingStore } from '../serving-store.ts';
import { openRedisServingStore, type RedisServingStoreOptions } from './redis-serving-store.ts';
import { entry, eventually, INPUT, Source, SOURCE, textOf } from './testing/source.ts';

const timeout = 60_000;

if (!hasRedis()) leftOut(withoutRedis);
else {
  const stores: ServingStore[] = [];
  const servers: RedisServer[] = [];
  const started = async (...options: Parameters<typeof RedisServer.start>): Promise<RedisServer> => {
    const server = await RedisServer.start(...options);
    servers.push(server);
    return server;
  };
  const open = async ({ url }: RedisServer, options: RedisServingStoreOptions = {}): Promise<ServingStore> => {
    const connection = { urls: [url], prefix: 'freshet', commandTimeoutMs: 500, connectTimeoutMs: 500 };
    const store = await openRedisServingStore(connection, { checkEveryMs: 100, ...options });
    stores.push(store);
    return store;
  };
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await Promise.all(servers.splice(0).map((server) => server.remove()));
  });

  /** Anna and Bert, read by another process than the one that writes. */
  async function served(server: RedisServer) {
    const [writer, reader] = [await open(server), await open(server)];
    const source = new Source(writer);
    source.append('anna', 'a1');
    source.append('bert', 'b1');
    source.append('anna', 'a2');
    await source.serve();
    assert.equal(await reader.waitForProgress({ ...INPUT, offset: 2 }, 5_000), true);
    return { writer, reader, source };
  }

  /** How often positions were asked for beside a read that finds nothing. */
  async function looksFor(server: RedisServer, reader: ServingStore, key: string): Promise<number> {
    server.cli('CONFIG', 'RESETSTAT');
    assert.equal(await reader.get('profiles', key), null);
    return Number(/cmdstat_hget:calls=(\d+)/.exec(server.cli('INFO', 'commandstats'))?.[1] ?? 0);
  }

  describe('Redis restarts', { timeout }, () => {
    test('with its data: all goes on, without reading the log again', async () => {
      const server = await started({ isPersistent: true });
      const { reader, source, writer } = await served(server);
      let lost = 0;
      writer.onLost?.(() => (lost += 1));
      await server.kill();
      await server.startAgain();
      await eventually(async () => (await reader.health()).ok && (await writer.health()).ok);
      assert.equal(await textOf(reader, 'anna'), 'a2');
      source.append('anna', 'a3');
      await source.serve();
      assert.equal(await textOf(reader, 'anna'), 'a3');
      assert.equal(lost, 0);
    });

    test('without its data, in the midst of writing: the log is read again', async () => {
      const server = await started();
      const { reader, source } = await served(server);
      for (let at = 0; at < 5_000; at += 1) source.append(`c${at}`, 'x'.repeat(1_000));
      const writing = source.serve();
      await server.restart();
      await writing;
      await eventually(async () => (await textOf(reader, 'c4999')) !== null);
      assert.equal(await textOf(reader, 'anna'), 'a2');
      assert.equal(await textOf(reader, 'c0'), 'x'.repeat(1_000));
    });
  });

  test(
    'that something never was is told by the read itself, or by one look more where that proves nothing',
    { timeout },
    async () => {
      const server = await started();
      const { reader, source } = await served(server);
      await eventually(async () => (await looksFor(server, reader, 'nobody')) === 0);
      server.cli('DEL', 'freshet:.written'); // evicted, or written by a former version
      assert.equal(await looksFor(server, reader, 'nobody'), 1);
      source.append('carl', 'c1');
      await source.serve();
      await eventually(async () => (await looksFor(server, reader, 'nobody')) === 0);
      assert.equal(await textOf(reader, 'carl'), 'c1');
    },
  );

  describe('FLUSHALL', { timeout }, () => {
    test('is noticed by the first read, also when others have begun again', async () => {
      const server = await started();
      const { source } = await served(server);
      server.cli('DEL', 'freshet:.written'); // as a former version leaves it
      source.append('carl', 'c1');
      await source.serve();
      assert.equal(server.cli('GET', 'freshet:.written'), '4');
      const reader = await open(server, { checkEveryMs: 60_000 });
      server.cli('FLUSHALL');
      await (await open(server)).write([{ ...SOURCE, entries: [entry(0, 'bert', 'b1')], nextOffset: 1 }]);
      await assert.rejects(async () => reader.get('profiles', 'anna'), DependencyUnavailable);
    });

    test('is noticed while nothing is written; a reader does not take what is missing for what never was', async () => {
      const server = await started();
      const { writer, reader, source } = await served(server);
      const told = new Promise<void>((resolve) => writer.onLost?.(resolve));
      server.cli('FLUSHALL');
      await assert.rejects(async () => reader.get('profiles', 'anna'), DependencyUnavailable);
      await assert.rejects(
        async () => reader.getMany([{ collection: 'profiles', key: 'nobody' }]),
        DependencyUnavailable,
      );
      await told;
      await eventually(async () => /written again/.test((await reader.health()).problem ?? ''));
      assert.equal(await reader.waitForProgress({ ...INPUT, offset: 2 }, 0), false);
      await source.serve();
      await eventually(async () => (await reader.health()).ok);
      assert.equal(await textOf(reader, 'anna'), 'a2');
      assert.equal(await reader.get('profiles', 'nobody'), null);
    });

    test('a writer that goes on from what is gone is refused, also when others have begun again', async () => {
      const server = await started();
      const { writer } = await served(server);
      server.cli('FLUSHALL');
      const going = { ...SOURCE, from: 3, entries: [entry(3, 'anna', 'a3')], nextOffset: 4 };
      await assert.rejects(writer.write([going]), StateUnusable);
      await (await open(server)).write([{ ...SOURCE, entries: [entry(0, 'anna', 'a1')], nextOffset: 1 }]);
      await assert.rejects(writer.write([going]), StateUnusable);
      assert.equal(server.cli('GET', 'freshet:profiles:anna'), 'a1');
    });

    test('in between two pieces of a first write leaves no hole', async () => {
      const server = await started();
      const store = await open(server);
      const big = 'x'.repeat(600_000);
      const writing = store.write([
        { ...SOURCE, entries: [entry(0, 'a', big), entry(1, 'b', big), entry(2, 'c', big)], nextOffset: 3 },
      ]);
      await eventually(() => server.cli('DBSIZE') !== '0');
      server.cli('FLUSHALL');
      const outcome = await writing.then(
        () => 'written',
        (error: unknown) => error,
      );
      if (outcome === 'written') return; // it was faster than we
      assert.ok(outcome instanceof StateUnusable, String(outcome));
      assert.deepEqual(await store.positions(), []);
    });
  });

  test('a zombie that wakes changes nothing that is newer, and brings nothing back', { timeout }, async () => {
    const server = await started();
    const { reader, source } = await served(server);
    const zombie = await open(server);
    source.append('anna', 'a3');
    source.append('bert', null);
    await source.serve();
    const old = [entry(0, 'anna', 'a1'), entry(1, 'bert', 'b1'), entry(2, 'anna', 'a2')];
    await zombie.write([{ ...SOURCE, from: 0, entries: old, nextOffset: 3 }], [{ ...INPUT, offset: 3 }]);
    assert.deepEqual([await textOf(reader, 'anna'), await reader.get('profiles', 'bert')], ['a3', null]);
    assert.equal(await reader.progress(INPUT), 5);
  });

  describe('Redis is away', { timeout }, () => {
    test('it is said at once, and over by itself', async () => {
      const server = await started({ isPersistent: true });
      const { reader, source } = await served(server);
      await server.kill();
      const since = performance.now();
      for (let at = 0; at < 20; at += 1)
        await assert.rejects(async () => reader.get('profiles', 'anna'), DependencyUnavailable);
      const { ok, problem } = await reader.health();
      assert.equal(ok, false);
      assert.match(problem ?? '', /ECONNREFUSED|closed|connect/i);
      assert.ok(performance.now() - since < 5_000, 'nobody waits for what is away');
      const waiting = reader.waitForProgress({ ...INPUT, offset: 3 }, 30_000);
      source.append('anna', 'a3');
      const writing = source.serve();
      await server.startAgain();
      await writing;
      assert.equal(await waiting, true, 'who waits through it is told');
      assert.equal(await textOf(reader, 'anna'), 'a3');
    });

    test('from the start on', async () => {
      const server = await started({ isPersistent: true });
      await server.stop();
      const store = await open(server);
      await assert.rejects(async () => store.get('profiles', 'anna'), DependencyUnavailable);
      await assert.rejects(async () => store.positions(), DependencyUnavailable);
      assert.equal(await store.waitForProgress({ ...INPUT, offset: 0 }, 50), false);
      await server.startAgain();
      await eventually(async () => (await store.health()).ok);
      assert.equal(await store.get('profiles', 'anna'), null);
    });

    test('standing still: commands and health give up in time, and what was on its way changes nothing later', async () => {
      const server = await started();
      const { writer, reader, source } = await served(server);
      server.pause();
      const since = performance.now();
      for (let at = 0; at < 50; at += 1)
        await assert.rejects(async () => reader.get('profiles', 'anna'), DependencyUnavailable);
      assert.equal((await reader.health()).ok, false);
      const late = { ...SOURCE, from: 3, entries: [entry(3, 'anna', 'a3')], nextOffset: 4 };
      await assert.rejects(writer.write([late]), DependencyUnavailable);
      assert.ok(performance.now() - since < 6_000, 'only the first ones wait');
      server.resume();
      source.append('anna', 'a3');
      source.append('anna', 'a4');
      await source.serve();
      assert.equal(await textOf(reader, 'anna'), 'a4');
      await eventually(async () => (await reader.health()).ok);
    });
  });

  describe('want of memory', { timeout }, () => {
    const fill = (source: Source): void => {
      for (let at = 0; at < 6_000; at += 1) source.append(`c${at}`, 'x'.repeat(1_000));
    };

    test('without eviction writing is refused as a whole, reading goes on', async () => {
      const server = await started({ config: ['maxmemory 4mb', 'maxmemory-policy noeviction'] });
      const { writer, reader, source } = await served(server);
      let problem = '';
      fill(source);
      const writing = source.serve();
      await eventually(async () => {
        const { offset = 0 } = (await reader.positions())[0] ?? {};
        const next = { ...SOURCE, from: offset, entries: [entry(offset, 'late', 'x')], nextOffset: offset + 1 };
        problem = await writer.write([next]).then(
          () => '',
          (error: Error) => error.message,
        );
        return problem !== '';
      });
      assert.match(problem, /OOM/);
      assert.equal(await textOf(reader, 'anna'), 'a2');
      server.cli('CONFIG', 'SET', 'maxmemory', '0');
      await writing;
      assert.equal(await textOf(reader, 'c5999'), 'x'.repeat(1_000));
    });

    test('with eviction what is missing is not answered as missing; with more memory all is written again', async () => {
      const server = await started({ config: ['maxmemory 4mb', 'maxmemory-policy allkeys-random'] });
      const { reader, source } = await served(server);
      fill(source);
      const writing = source.serve();
      await eventually(async () => /evict|again/.test((await reader.health()).problem ?? ''));
      let missing = 0;
      for (let at = 0; at < 500; at += 1) {
        try {
          const value = await reader.get('profiles', `c${at}`);
          assert.equal(value?.length, 1_000, 'what is read is right');
        } catch (error) {
          assert.ok(error instanceof DependencyUnavailable, String(error));
          missing += 1;
        }
      }
      assert.ok(missing > 0);
      server.cli('CONFIG', 'SET', 'maxmemory', '0');
      await writing;
      await eventually(async () => {
        await source.serve();
        return (await reader.health()).ok;
      });
      for (let at = 0; at < 6_000; at += 1) assert.notEqual(await textOf(reader, `c${at}`), null);
      assert.equal(await reader.get('profiles', 'nobody'), null);
    });
  });

  test('a server that has become a replica is not written, and not taken for well', { timeout }, async () => {
    const server = await started();
    const { writer, source } = await served(server);
    const other = await started();
    server.cli('REPLICAOF', '127.0.0.1', String(other.port));
    const batch = { ...SOURCE, entries: [entry(0, 'anna', 'a1')], nextOffset: 9 };
    await assert.rejects(writer.write([batch]), DependencyUnavailable);
    server.cli('REPLICAOF', 'NO', 'ONE');
    source.append('anna', 'a3');
    await source.serve();
    assert.equal(await textOf(writer, 'anna'), 'a3');
  });

  test('progress arrives by messages alone, and by asking alone; who may wait is limited', { timeout }, async () => {
    const server = await started({
      config: ['user deaf on >d ~* &nothing +@all', 'user listener on >l ~* &* +@all -hgetall'],
    });
    const openAs = async (user: string): Promise<ServingStore> => {
      const urls = [server.url.replace('//', `//${user}:${user[0]}@`)];
      const store = await openRedisServingStore({ urls, prefix: 'freshet' }, { waitersMax: 2, checkEveryMs: 60_000 });
      stores.push(store);
      return store;
    };
    const waiting = [];
    for (const store of [await openAs('deaf'), await openAs('listener')]) {
      waiting.push(...[0, 1].map((offset) => store.waitForProgress({ ...INPUT, offset }, 30_000)));
      assert.equal(await store.waitForProgress({ ...INPUT, offset: 1 }, 30_000), false, 'a third has no place');
    }
    const writer = await open(server);
    await eventually(() => server.cli('PUBSUB', 'NUMSUB', 'freshet:progress').endsWith('2'));
    await writer.write([], [{ ...INPUT, offset: 5 }]);
    assert.deepEqual(await Promise.all(waiting), [true, true, true, true]);
  });
}

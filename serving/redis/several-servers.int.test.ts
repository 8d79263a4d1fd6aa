// Redis as it is run for others: a primary behind Sentinel that fails over, a Cluster whose slots move and whose node is lost, TLS and
// passwords.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { leftOut } from '../../test/left-out.ts';
import { hasRedis, RedisCluster, RedisSentinels, RedisServer, withoutRedis } from '../../test/servers/redis.ts';
import type { ServingStore } from '../serving-store.ts';
import type { RedisServingOptions } from './redis-options.ts';
import { openRedisServingStore } from './redis-serving-store.ts';
import { eventually, INPUT, Source, SOURCE, textOf } from './testing/source.ts';

const timeout = 120_000;

/** As documented in docs/redis.md. */
const commandsNeeded =
  '+get +mget +set +del +unlink +hget +hset +hgetall +hlen +evalsha +eval +publish +subscribe +scan +info +ping';

if (!hasRedis()) leftOut(withoutRedis);
else {
  const toClose: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
  });
  const open = async (connection: Omit<RedisServingOptions, 'prefix'>): Promise<ServingStore> => {
    const store = await openRedisServingStore(
      { prefix: 'freshet', commandTimeoutMs: 500, connectTimeoutMs: 1_000, ...connection },
      { checkEveryMs: 200 },
    );
    toClose.push(() => store.close());
    return store;
  };

  describe('Sentinel', { timeout }, () => {
    test('a replica takes the place of a primary that is killed: written and read on there', async () => {
      const group = await RedisSentinels.start();
      toClose.push(() => group.remove());
      const connection = { urls: group.urls, sentinelName: RedisSentinels.groupName };
      const [writer, reader] = [await open(connection), await open(connection)];
      const source = new Source(writer);
      source.append('anna', 'a1');
      await source.serve();
      const [primary, replica] = group.servers;
      await eventually(() => replica.cli('GET', 'freshet:profiles:anna') === 'a1');
      const waiting = reader.waitForProgress({ ...INPUT, offset: 1 }, 60_000);
      await primary.kill();
      source.append('anna', 'a2');
      await source.serve();
      assert.equal(await waiting, true);
      await eventually(async () => (await textOf(reader, 'anna')) === 'a2');
      assert.equal(replica.cli('GET', 'freshet:profiles:anna'), 'a2');
      await eventually(async () => (await reader.health()).ok);
    });

    test('a replica that was behind takes over: what it does not have is written again', async () => {
      const group = await RedisSentinels.start();
      toClose.push(() => group.remove());
      const writer = await open({ urls: group.urls, sentinelName: RedisSentinels.groupName });
      const source = new Source(writer);
      source.append('anna', 'a1');
      await source.serve();
      const [primary, replica] = group.servers;
      await eventually(() => replica.cli('GET', 'freshet:profiles:anna') === 'a1');
      replica.cli('CONFIG', 'SET', 'masterauth', 'wrong');
      primary.cli('CLIENT', 'KILL', 'TYPE', 'replica');
      source.append('bert', 'b1');
      await source.serve();
      assert.equal(replica.cli('GET', 'freshet:profiles:bert'), '');
      await primary.kill();
      source.append('carl', 'c1');
      await source.serve();
      await eventually(() => replica.cli('GET', 'freshet:profiles:bert') === 'b1');
      assert.equal(replica.cli('GET', 'freshet:profiles:carl'), 'c1');
    });
  });

  describe('Cluster', { timeout }, () => {
    test('while slots move to another node, what is written is read', async () => {
      const cluster = await RedisCluster.start();
      toClose.push(() => cluster.remove());
      const connection = { urls: cluster.urls.slice(0, 1), isCluster: true };
      const [writer, reader] = [await open(connection), await open(connection)];
      const source = new Source(writer);
      for (let at = 0; at < 2_000; at += 1) source.append(`c${at}`, String(at));
      await source.serve();
      let isMoving = true;
      const [first, second] = cluster.nodes as [RedisServer, RedisServer];
      const writing = (async () => {
        while (isMoving) {
          source.append('anna', `a${source.end}`);
          await source.serve();
          const newest = `a${source.end - 1}`;
          await eventually(async () => (await textOf(reader, 'anna')) === newest);
        }
      })();
      await cluster.reshard(first, second, 2_000);
      isMoving = false;
      await writing;
      for (let at = 0; at < 2_000; at += 1) assert.equal(await textOf(reader, `c${at}`), String(at));
      assert.deepEqual(await reader.positions(), [{ ...SOURCE, offset: source.end }]);
    });

    test('a node that lost its data is filled again, the others are not read as empty', async () => {
      const cluster = await RedisCluster.start();
      toClose.push(() => cluster.remove());
      const connection = { urls: cluster.urls, isCluster: true };
      const [writer, reader] = [await open(connection), await open(connection)];
      const source = new Source(writer);
      for (let at = 0; at < 300; at += 1) source.append(`c${at}`, String(at));
      await source.serve();
      await eventually(async () => (await reader.positions()).length === 1);
      cluster.nodes[1]?.cli('FLUSHALL');
      await eventually(async () => (await writer.positions()).length === 0);
      await eventually(async () => {
        await source.serve();
        return (await reader.health()).ok && (await reader.positions()).length === 1;
      });
      for (let at = 0; at < 300; at += 1) assert.equal(await textOf(reader, `c${at}`), String(at));
    });

    test('progress is told to readers through other nodes', async () => {
      const cluster = await RedisCluster.start();
      toClose.push(() => cluster.remove());
      const stores = await Promise.all(cluster.urls.map((url) => open({ urls: [url], isCluster: true })));
      const waiting = stores.map((store) => store.waitForProgress({ ...INPUT, offset: 0 }, 30_000));
      await stores[0]?.write([], [{ ...INPUT, offset: 1 }]);
      assert.deepEqual(await Promise.all(waiting), [true, true, true]);
    });
  });

  test('TLS at an address that the certificate names as Memorystore’s do', { timeout }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-redis-tls-'));
    toClose.push(async () => rmSync(folder, { recursive: true }));
    for (const [subject, isServer] of [
      ['127.0.0.1', true],
      ['127.0.0.2', false],
    ] as const) {
      const { key, certificate } = selfSigned(folder, subject);
      const config = [`tls-cert-file ${certificate}`, `tls-key-file ${key}`, 'tls-auth-clients no'];
      const server = await RedisServer.start({ isTls: true, config });
      toClose.push(() => server.remove());
      const store = await open({ urls: [server.url], tlsCa: readFileSync(certificate, 'utf8') });
      if (isServer) await eventually(async () => (await store.health()).ok);
      else assert.match((await store.health()).problem ?? '', /altnames|certificate/);
    }
  });

  test(
    'TLS, with certificates of one’s own, and a user with only the rights that are needed',
    { timeout },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'freshet-redis-tls-'));
      toClose.push(async () => rmSync(folder, { recursive: true }));
      const { key, certificate } = selfSigned(folder, 'localhost', ['-addext', 'subjectAltName=IP:127.0.0.1']);
      const server = await RedisServer.start({
        isTls: true,
        cliArgs: ['--user', 'admin', '--pass', 'admin'],
        config: [
          `tls-cert-file ${certificate}`,
          `tls-key-file ${key}`,
          'tls-auth-clients no',
          'user default off',
          'user admin on >admin ~* &* +@all',
          `user freshet on >s:3cret ~freshet:* &freshet:* ${commandsNeeded}`,
        ],
      });
      toClose.push(() => server.remove());
      const url = server.url.replace('//', '//freshet:s%3A3cret@');
      const ca = readFileSync(certificate, 'utf8');
      const store = await open({ urls: [url], tlsCa: ca });
      const source = new Source(store);
      source.append('anna', 'a1');
      await source.serve();
      assert.equal(await textOf(store, 'anna'), 'a1');
      await eventually(async () => (await store.health()).problem === null);
      await store.reset();
      assert.equal(await store.get('profiles', 'anna'), null);

      for (const wrong of [
        { urls: [url] },
        { urls: [url.replace('3cret', '4cret')], tlsCa: ca },
        { urls: [url.replace('rediss', 'redis')] },
      ]) {
        const refused = await open(wrong);
        const { ok, problem } = await refused.health();
        assert.equal(ok, false);
        assert.doesNotMatch(problem ?? '', /[34]cret/);
        await assert.rejects(async () => refused.get('profiles', 'anna'));
      }
    },
  );
}

/** Files of a key, and of a certificate that is its own authority. */
function selfSigned(folder: string, subject: string, names: readonly string[] = []) {
  const [key, certificate] = [join(folder, `${subject}.key`), join(folder, `${subject}.pem`)];
  const files = ['-keyout', key, '-out', certificate];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, '-subj', `/CN=${subject}`, ...names, '-days', '2']; // prettier-ignore
  execFileSync('openssl', made, { stdio: 'ignore' });
  return { key, certificate };
}

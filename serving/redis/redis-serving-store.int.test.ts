// The contract on real servers: one, and a Cluster of three.
import { after, before, describe } from 'node:test';
import { leftOut } from '../../test/left-out.ts';
import { hasRedis, RedisCluster, RedisServer, withoutRedis } from '../../test/servers/redis.ts';
import { servingContract } from '../serving.contract.ts';
import { openRedisServingStore } from './redis-serving-store.ts';

if (!hasRedis()) leftOut(withoutRedis);
else {
  describe('one server', () => {
    let server: RedisServer;
    before(async () => {
      server = await RedisServer.start();
    });
    after(() => server.remove());

    servingContract('Redis', async () => ({
      open: () => openRedisServingStore({ urls: [server.url], prefix: 'freshet' }),
      remove: async () => void server.cli('FLUSHALL'),
    }));
  });

  describe('Cluster', () => {
    let cluster: RedisCluster;
    before(async () => {
      cluster = await RedisCluster.start();
    });
    after(() => cluster.remove());

    servingContract(
      'Redis Cluster',
      async () => ({
        open: () => openRedisServingStore({ urls: cluster.urls, isCluster: true, prefix: 'freshet' }),
        remove: async () => {
          for (const node of cluster.nodes) node.cli('FLUSHALL');
        },
      }),
      { isSpread: true },
    );
  });
}

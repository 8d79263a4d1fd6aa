// What the settings say of Redis, in the words of its store.
import type { Settings } from '../config/settings.ts';
import type { RedisServingOptions } from '../serving/redis/redis-options.ts';

export function redisOptions(settings: Settings): RedisServingOptions {
  const { redisUrl, redisSentinelName, redisCluster, redisTlsCa, topicPrefix } = settings;
  return {
    urls: redisUrl.split(',').map((url) => url.trim()),
    isCluster: redisCluster,
    prefix: topicPrefix,
    ...(redisSentinelName !== '' && { sentinelName: redisSentinelName }),
    ...(redisTlsCa !== '' && { tlsCa: redisTlsCa }),
  };
}

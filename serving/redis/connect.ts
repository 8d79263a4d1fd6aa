// The connection: quick to say that a server is away, since readers wait for it, and patient in trying again.
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { addressesOf, COMMAND_TIMEOUT_MS, CONNECT_TIMEOUT_MS, type RedisServingOptions } from './redis-options.ts';
import { checkNamedServer } from './server-identity.ts';

export type RedisClient = Redis | Cluster;

const RETRY_MS = 50;
const RETRY_MS_MAX = 1_000;
/** Of a Cluster whose slots move or whose primary is replaced: how often a command follows, and how long it waits in between. */
const REDIRECTIONS_MAX = 5;
const REDIRECTION_DELAY_MS = 50;
const SLOTS_REFRESH_MS = 2_000;

/** Begins to connect; commands fail at once until that has succeeded, and whenever the connection is gone. */
export function connectRedis(options: RedisServingOptions): RedisClient {
  const [first, ...others] = addressesOf(options);
  const common = commonOptions(options);
  const tls = first.isTls ? { tls: tlsOptions(options) } : {};
  const login = { username: first.username, password: first.password };
  const places = [first, ...others].map(({ host, port }) => ({ host, port }));
  if (options.isCluster === true) {
    return new Cluster(places, {
      enableAutoPipelining: true,
      autoPipeliningIgnoredCommands: notPipelined,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryDelayMs,
      clusterNodeRetryStrategy: retryDelayMs,
      maxRedirections: REDIRECTIONS_MAX,
      retryDelayOnFailover: REDIRECTION_DELAY_MS,
      retryDelayOnClusterDown: REDIRECTION_DELAY_MS,
      retryDelayOnTryAgain: REDIRECTION_DELAY_MS,
      slotsRefreshInterval: SLOTS_REFRESH_MS,
      slotsRefreshTimeout: common.connectTimeout,
      // As they name themselves: a certificate is for a name, not for an address.
      dnsLookup: (address, callback) => callback(null, address),
      redisOptions: { ...common, ...login, ...tls },
    });
  }
  const single = {
    ...common,
    ...login,
    db: first.database,
    enableAutoPipelining: true,
    autoPipeliningIgnoredCommands: notPipelined,
    enableOfflineQueue: false,
    retryStrategy: retryDelayMs,
  } satisfies RedisOptions;
  if (options.sentinelName === undefined) return new Redis({ ...single, ...tls, ...places[0] });
  return new Redis({
    ...single,
    ...tls,
    ...(first.isTls && { sentinelTLS: tls.tls ?? {}, enableTLSForSentinelMode: true }),
    sentinels: places,
    name: options.sentinelName,
    sentinelPassword: options.sentinelPassword,
    sentinelCommandTimeout: common.commandTimeout,
    sentinelRetryStrategy: retryDelayMs,
    // Not `failoverDetector`: in ioredis 6.0 its message ends the client for good when it comes while that is connecting. A primary that
    // was demoted is noticed when the store is looked at.
  });
}

/** A connection of its own for subscriptions, so that they don't stand behind large answers. A Cluster's client has one in itself. */
export function subscriberOf(client: RedisClient): RedisClient {
  if (client instanceof Cluster) return client;
  return client.duplicate({ enableOfflineQueue: true, enableAutoPipelining: false });
}

/** Sent at once: scripts are as large as a pipeline, reads are gathered before, and what asks for the server's state should not wait behind others. */
const notPipelined = ['evalsha', 'eval', 'mget', 'ping'];

function commonOptions({
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
}: RedisServingOptions) {
  return {
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A former primary: whoever connects anew is led to the present one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;
}

function tlsOptions({ tlsCa }: RedisServingOptions) {
  return tlsCa === undefined ? {} : { ca: tlsCa, checkServerIdentity: checkNamedServer };
}

function retryDelayMs(times: number): number {
  return Math.min(RETRY_MS * times, RETRY_MS_MAX);
}

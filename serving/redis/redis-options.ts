// How Redis is reached, and how patient its store is: what settings are mapped to.
import { Misconfigured } from '../../streams/errors.ts';

export interface RedisServingOptions {
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. One server; or some nodes of a Cluster; or, with `sentinelName`,
   * the sentinels. User, password and database are those of the servers that hold the data, and stand in the first one.
   */
  readonly urls: readonly string[];
  /** What the sentinels call the group of servers. Without it no sentinels are asked. */
  readonly sentinelName?: string;
  /** The sentinels' own password, when they have one. */
  readonly sentinelPassword?: string;
  /** @default false */
  readonly isCluster?: boolean;
  /** Certificates (PEM) to trust instead of the machine's. */
  readonly tlsCa?: string;
  /** In front of all keys and channels. */
  readonly prefix: string;
  /** A server that does not answer for so long is taken for away. @default 1_000 */
  readonly commandTimeoutMs?: number;
  /** @default 2_000 */
  readonly connectTimeoutMs?: number;
}

export const COMMAND_TIMEOUT_MS = 1_000;
export const CONNECT_TIMEOUT_MS = 2_000;
const PORT = 6379;

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly isTls: boolean;
}

/** @throws Misconfigured when there is none or one is none: the message does not repeat it, as it may hold a password. */
export function addressesOf({ urls, isCluster = false }: RedisServingOptions): [RedisAddress, ...RedisAddress[]] {
  const [first, ...others] = urls.map(addressOf);
  if (first === undefined) throw new Misconfigured('the address of Redis is missing');
  if (isCluster && first.database !== 0) throw new Misconfigured('a Redis Cluster has no database but 0');
  return [first, ...others];
}

function addressOf(text: string): RedisAddress {
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || !['redis:', 'rediss:'].includes(url.protocol))
    throw new Misconfigured('an address of Redis must look like redis://host:6379 or rediss://user:password@host:6379');
  const database = url.pathname.length > 1 ? Number(url.pathname.slice(1)) : 0;
  if (!Number.isInteger(database) || database < 0)
    throw new Misconfigured('the path of an address of Redis is the number of a database, such as /0');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT : Number(url.port),
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    database,
    isTls: url.protocol === 'rediss:',
  };
}

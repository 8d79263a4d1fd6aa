// Opens the serving store that the settings name, for this thread and for others.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { openEmbeddedServingStore, type Follower } from '../serving/embedded.ts';
import type { SharedServing } from '../serving/embedded-reader.ts';
import { openRedisServingStore } from '../serving/redis/redis-serving-store.ts';
import type { ServingStore } from '../serving/serving-store.ts';
import type { Log } from '../streams/log/log.ts';
import { redisOptions } from './redis-options.ts';

export interface OpenServing {
  readonly store: ServingStore;
  /** What other threads read it by, too; null when it is a server, which each of them reaches by itself. */
  readonly shared: SharedServing | null;
  /** Tells other threads how far it is, until the answered function is called. A server tells them itself. */
  readonly follow: (follower: Follower) => () => void;
}

/** What is opened is closed with `opened`. */
export async function openServing(
  settings: Settings,
  log: Log,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<OpenServing> {
  if (settings.redisUrl !== '') {
    const store = await openRedisServingStore(redisOptions(settings));
    opened.defer(() => store.close());
    return { store, shared: null, follow: () => () => {} };
  }
  const folder = join(settings.dataDir, 'serving', log.clusterId);
  const store = await openEmbeddedServingStore(folder);
  opened.defer(() => store.close());
  if (store.wiped !== null) logger.warn({ reason: store.wiped }, 'the serving store is rebuilt from the log');
  const shared = { folder, changes: store.changeMemory };
  return { store, shared, follow: (follower) => store.follow(follower) };
}

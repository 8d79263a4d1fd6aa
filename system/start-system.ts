// Puts the parts together in one process, on embedded defaults: log, local state, stages, serving store, gateway, demonstration shop.
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { Settings } from '../config/settings.ts';
import { createShop } from '../demo/shop.ts';
import { startDemoFeed, type DemoFeed } from '../demo/feed.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { LedgerLog } from '../imports/ledger.ts';
import { createImportServer } from '../imports/server.ts';
import { sessionIndexOf } from '../processors/lookups/session-index.ts';
import { stages } from '../processors/topology.ts';
import { catalogue } from '../schemas/topics.ts';
import { openEmbeddedServingStore, type EmbeddedServingStore } from '../serving/embedded.ts';
import { describeTopology, physicalName, wallClock } from '../streams/index.ts';
import type { EmbeddedLog } from '../streams/log/embedded/embedded-log.ts';
import { openEmbeddedLog } from '../streams/log/embedded/open.ts';
import type { Log } from '../streams/log/log.ts';
import { runSink, runStages, topicSpec, topicsOf, type RunOptions, type RunningStages } from '../streams/run.ts';
import { openLmdbStateStore, type LmdbStateStore } from '../streams/store/lmdb.ts';
import { countWritten } from './count-written.ts';
import { measureFreshness } from './freshness.ts';
import { gatewayParts } from './gateway-parts.ts';
import { beginThreads, gatewayThreads } from './gateway-threads/threads.ts';
import { importRoutes } from './import-routes.ts';
import { runtimeMetrics } from './runtime-metrics.ts';
import { serveSink, servingTarget } from './serve.ts';
import { createStatus } from './status.ts';

export interface System {
  /** Where the API listens. */
  readonly url: string;
  readonly stages: RunningStages;
  /** Resolves when everything runs; rejects when a part can't start. */
  readonly started: Promise<void>;
  /** Ends in order: no new requests, batches under way committed, everything on disk. */
  stop(): Promise<void>;
}

/** Records fetched ahead per task; QUEUE_BYTES_MAX bounds their bytes. */
const QUEUE_RECORDS_MAX = 8_192;

/**
 * Starts everything. Resolves once the API answers: reads come from the serving store at once, `/readyz` says when the rest is there.
 * What was opened before an error is closed again.
 *
 * @throws DataFolderRefused when the data folder is foreign, newer, corrupt or in use.
 */
export async function startSystem(settings: Settings, logger: Logger, version: string): Promise<System> {
  await using opened = new AsyncDisposableStack();
  const prefix = settings.topicPrefix;
  const threads = beginThreads(settings.gatewayWorkers);
  opened.defer(async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  });
  const { log, stateStore, serving, servingFolder } = await openFolder(settings, logger, opened);
  const registry = new Registry();
  const observer = runtimeMetrics(registry, logger, version);
  const serve = runSink({
    definition: serveSink(stages),
    target: servingTarget(serving, prefix),
    log,
    prefix,
    instance: 'local',
    clock: wallClock,
    observer,
  });
  opened.defer(() => serve.stop());
  const written = countWritten(log, registry, (topic) => topic.slice(prefix.length + 1).replace(/\.v1$/, ''));
  const running = runStages({
    log: written,
    stateStore,
    stages,
    lookups: [sessionIndexOf(settings.sessionIndexSessions)],
    prefix,
    observer,
    settings: taskSettings(settings),
  });
  opened.defer(() => running.stop());
  const interactions = { stage: 'customers', topic: physicalName(prefix, 'interactions') };
  const freshness = measureFreshness(written, serving, interactions, wallClock);
  const status = createStatus({ log, room: () => log.room(), running, serve, serving, observer, freshness, registry });
  opened.defer(() => status.stop());
  const importServer = createImportServer({ log: written, prefix, clock: wallClock });
  opened.defer(() => importServer.close());
  const common = {
    settings,
    log: { ...reads(log), append: freshness.append },
    status: () => status.read(),
    topology: describeTopology(stages, [serveSink(stages)]),
    version,
  };
  const gateway =
    threads.length === 0
      ? createGateway({
          ...gatewayParts(settings, serving),
          ...common,
          metrics: registry,
          logger,
          routes: importRoutes(importServer),
        })
      : gatewayThreads(threads, { ...common, servingFolder, serving, imports: importServer, registry });
  const { host, port } = await gateway.listen();
  opened.defer(() => gateway.close());
  const closing = opened.move();
  const started = Promise.all([running.started, serve.started]).then(() => {
    if (!settings.demo || closing.disposed) return;
    const feed = startDemo(settings, { ...reads(log), openTransactor: freshness.openTransactor }, prefix, logger);
    closing.defer(() => feed.stop());
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    stages: running,
    started,
    stop: () => closing.disposeAsync(),
  };
}

interface OpenFolder {
  readonly log: EmbeddedLog;
  readonly stateStore: LmdbStateStore;
  readonly serving: EmbeddedServingStore;
  readonly servingFolder: string;
}

/** The log first: its lock keeps other processes out of the whole folder. */
async function openFolder(settings: Settings, logger: Logger, opened: AsyncDisposableStack): Promise<OpenFolder> {
  const { dataDir, topicPrefix, partitions } = settings;
  const log = await openEmbeddedLog({ folder: join(dataDir, 'log') });
  opened.defer(() => log.close());
  const stateStore = await openLmdbStateStore(join(dataDir, 'state'));
  opened.defer(() => stateStore.close());
  const servingFolder = join(dataDir, 'serving', log.clusterId);
  const serving = await openEmbeddedServingStore(servingFolder);
  opened.defer(() => serving.close());
  for (const [name, wiped] of [
    ['local state', stateStore.wiped],
    ['serving store', serving.wiped],
  ]) {
    if (wiped !== null) logger.warn({ reason: wiped }, `the ${name} is rebuilt from the log`);
  }
  const specs = [
    ...topicsOf(stages, topicPrefix, partitions),
    ...Object.values(catalogue).map((topic) => topicSpec(topic, topicPrefix, partitions)),
  ];
  await log.ensureTopics([...new Map(specs.map((spec) => [spec.name, spec])).values()]);
  await resetWhenAhead(serving, log, logger);
  return { log, stateStore, serving, servingFolder };
}

function taskSettings(settings: Settings): NonNullable<RunOptions['settings']> {
  return {
    batchRecordsMax: settings.batchSize,
    decodedEntriesMax: settings.stateCacheEntries,
    queue: { recordsMax: QUEUE_RECORDS_MAX, bytesMax: settings.queueBytesMax },
  };
}

function startDemo(settings: Settings, log: LedgerLog, prefix: string, logger: Logger): DemoFeed {
  const shop = createShop(settings.demoSeed);
  const feed = startDemoFeed({ log, prefix, shop, clock: wallClock, eventsPerSecond: settings.demoEventsPerSecond });
  feed.ended.catch((error: unknown) => logger.error({ error }, 'the demonstration shop stopped'));
  return feed;
}

function reads(log: Log): Pick<Log, 'openReader' | 'offsets' | 'describeTopic'> {
  return {
    openReader: (from) => log.openReader(from),
    offsets: (partition) => log.offsets(partition),
    describeTopic: (topic) => log.describeTopic(topic),
  };
}

/** After a machine crash the serving store may know records that the log has lost: then it is rebuilt. */
async function resetWhenAhead(serving: EmbeddedServingStore, log: Log, logger: Logger): Promise<void> {
  for (const position of await serving.positions()) {
    const { end } = await log.offsets(position);
    if (position.offset <= end) continue;
    logger.warn(
      { topic: position.topic, partition: position.partition },
      'the serving store is ahead of the log: it is rebuilt',
    );
    return serving.reset();
  }
}

// A thread that answers HTTP: the gateway, with the log and all that writes in the main thread and the serving store's files shared.
import { parentPort } from 'node:worker_threads';
import { pino } from 'pino';
import type { GatewayLog, RuntimeStatus } from '../../gateway/dependencies.ts';
import { createGateway, type Gateway } from '../../gateway/gateway.ts';
import { EmbeddedServingReader } from '../../serving/embedded-reader.ts';
import { openRedisServingStore, type RedisServingStore } from '../../serving/redis/redis-serving-store.ts';
import { gatewayParts } from '../gateway-parts.ts';
import { modelTimer } from '../model-timer.ts';
import { redisOptions } from '../redis-options.ts';
import { openTracing } from '../tracing/tracing.ts';
import { importRoutes } from '../import-routes.ts';
import { modelRoutes } from '../model-routes.ts';
import type { GatewayStart, MainMethods, ThreadMethods } from './contract.ts';
import { pack, transferOf, unpack } from './packed.ts';
import { Peer } from './peer.ts';
import { ThreadRegistry } from './thread-registry.ts';

if (parentPort === null) throw new Error('this is started by the main thread');

let serving: EmbeddedServingReader | RedisServingStore | undefined;
let gateway: Gateway | undefined;
let latestStatus: RuntimeStatus | undefined;
const opened = new AsyncDisposableStack();

const ours: ThreadMethods = {
  start,
  handle: (request) => (gateway as Gateway).handle(request), // nothing is forwarded to a thread before it was started
  advance: (progress) => {
    if (serving instanceof EmbeddedServingReader) serving.advance(progress);
  },
  status: (now) => void (latestStatus = now),
  ownMetrics: () => registry.getMetricsAsJSON(),
  drain: async () => gateway?.close(),
  stop: async () => {
    await serving?.close();
    await opened.disposeAsync();
  },
};
const main = new Peer<MainMethods>(parentPort, ours);
const registry = new ThreadRegistry({
  all: () => main.call('allMetrics', null),
  one: (name) => main.call('metric', name),
});
const time = modelTimer(registry);

async function start({ settings, serving: shared, topology, version, limits, handlesWrites }: GatewayStart) {
  serving = shared === null ? await openRedisServingStore(redisOptions(settings)) : new EmbeddedServingReader(shared);
  const logger = pino({ level: settings.logLevel }, pino.destination({ dest: 2, sync: true }));
  const tracing = await openTracing(settings, version, logger, opened);
  gateway = createGateway({
    ...gatewayParts(settings, serving, time),
    log,
    status: () => latestStatus ?? unknownStatus,
    topology,
    metrics: registry,
    logger,
    routes: [
      ...importRoutes({
        progress: (importId) => main.call('importProgress', importId),
        commitChunk: (importId, body) => main.call('commitImportChunk', { importId, body }),
      }),
      ...modelRoutes(log, { prefix: settings.topicPrefix, partitions: settings.partitions }),
    ],
    version,
    limits,
    tracing: tracing?.requests,
    handleWrites: handlesWrites ? undefined : (request) => main.call('handle', request),
  });
  return gateway.listen();
}

/** Until the main thread has told its own for the first time. */
const unknownStatus: RuntimeStatus = {
  parts: [{ name: 'stages', ready: false, detail: 'starting' }],
  tasks: [],
  recordsProcessed: 0,
  freshnessMs: null,
  counts: {},
};

const log: GatewayLog = {
  append: (records, options) => {
    const packed = pack(records);
    return main.call('append', { records: packed, durability: options?.durability }, transferOf(packed));
  },
  offsets: (partition) => main.call('offsets', partition),
  openReader: (from) => {
    const reader = main.call('openReader', from);
    return {
      read: async (waitMs) => {
        const batches = await main.call('read', { reader: await reader, waitMs });
        return batches.map(({ records, ...rest }) => ({ ...rest, records: unpack(records) }));
      },
      close: async () => main.call('closeReader', await reader),
    };
  },
};

// Puts the parts of a process together: log, serving store, and its share of stages, sink, gateway and demonstration shop.
import type { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { modelsDirOf, type Settings } from '../config/settings.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { createOperationsServer } from '../gateway/operations/server.ts';
import type { LedgerLog } from '../imports/ledger.ts';
import { createImportServer } from '../imports/server.ts';
import { stages } from '../processors/topology.ts';
import { describeTopology, physicalName, wallClock } from '../streams/index.ts';
import type { Log } from '../streams/log/log.ts';
import type { RunningStages } from '../streams/run.ts';
import { countWritten } from './count-written.ts';
import { createDemonstration } from './demonstration.ts';
import { measureFreshness } from './freshness.ts';
import { modelFiles } from './model-files.ts';
import { modelRoutes } from './model-routes.ts';
import { gatewayParts } from './gateway-parts.ts';
import { beginThreads, gatewayThreads } from './gateway-threads/threads.ts';
import { importRoutes } from './import-routes.ts';
import { modelTimer, type ModelTimer } from './model-timer.ts';
import { openLog } from './open-log.ts';
import { openServing, type OpenServing } from './open-serving.ts';
import { startSink, startStages } from './processing.ts';
import { everything, type Roles } from './roles.ts';
import { runtimeMetrics } from './runtime-metrics.ts';
import { serveSink } from './serve.ts';
import { createStatus, type Status } from './status.ts';
import { storeBytes } from './store-bytes.ts';
import { openTracing, type Tracing } from './tracing/tracing.ts';

export interface System {
  /** Where the API listens, or what tells how the process is doing. */
  readonly url: string;
  /** Undefined when this process runs none. */
  readonly stages: RunningStages | undefined;
  /** Resolves when everything runs, the demonstration shop with its past included; rejects when a part can't start. */
  readonly started: Promise<void>;
  /** Ends in order: no new requests, batches under way committed, everything on disk. */
  stop(): Promise<void>;
}

/**
 * Starts what `roles` name. Resolves once HTTP answers: reads come from the serving store at once, `/readyz` says when the rest is
 * there. What was opened before an error is closed again. `record` stands for what the settings say of traces.
 *
 * @throws DataFolderRefused when the data folder is foreign, newer, corrupt or in use.
 */
export async function startSystem(
  settings: Settings,
  logger: Logger,
  version: string,
  roles: Roles = everything,
  record?: Tracing,
): Promise<System> {
  await using opened = new AsyncDisposableStack();
  const tracing = record ?? (await openTracing(settings, version, logger, opened));
  const threads = beginThreads(roles.gateway ? settings.gatewayWorkers : 0);
  opened.defer(async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  });
  const prefix = settings.topicPrefix;
  const { log, room, registryProblem, instance } = await openLog(settings, roles, logger, opened);
  const serving = roles.serve || roles.gateway ? await openServing(settings, log, logger, opened) : undefined;
  const registry = new Registry();
  const observer = runtimeMetrics(registry, logger, version);
  const written = countWritten(log, registry, (topic) => topic.slice(prefix.length + 1).replace(/\.v1$/, ''));
  const time = modelTimer(registry);
  storeBytes(registry, settings.dataDir);
  const fetchModel = modelFiles(modelsDirOf(settings), registry, logger);
  const processing = { roles, settings, log: written, instance, observer, logger, time, fetchModel, tracing };
  const serve = serving && startSink(processing, serving.store, opened);
  const running = await startStages(processing, opened);
  const interactions = { stage: 'customers', topic: physicalName(prefix, 'interactions') };
  const freshness = serving && measureFreshness(written, serving.store, interactions, wallClock, registry);
  // What the gateway and the shop write is watched on its way.
  const own: OwnLog | undefined = freshness && {
    ...reads(log),
    append: freshness.append,
    openTransactor: freshness.openTransactor,
  };
  const shop =
    settings.demo && roles.gateway && serving !== undefined && own !== undefined
      ? createDemonstration({ log: own, serving: serving.store, settings, logger })
      : undefined;
  const problems = { registryProblem, shopProblem: shop?.problem };
  const parts = { log, room, running, serve, serving: serving?.store, observer, freshness, registry, ...problems };
  const status = createStatus(parts);
  opened.defer(() => status.stop());
  const front = { settings, logger, version, status, registry, threads, time, tracing };
  const server =
    roles.gateway && serving !== undefined && own !== undefined
      ? openGateway({ ...front, log: own, imports: written, serving }, opened)
      : createOperationsServer({ settings, status: () => status.read(), clock: wallClock, metrics: registry, logger });
  const { host, port } = await server.listen();
  opened.defer(() => server.close());
  const closing = opened.move();
  const started = Promise.all([running?.started, serve?.started]).then(() => {
    if (shop === undefined || closing.disposed) return;
    closing.defer(() => shop.stop());
    return shop.open();
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    stages: running,
    started,
    stop: () => closing.disposeAsync(),
  };
}

type OwnLog = LedgerLog & Pick<Log, 'append'>;

interface GatewayOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly version: string;
  readonly log: OwnLog;
  /** What imports write. */
  readonly imports: LedgerLog;
  readonly serving: OpenServing;
  readonly status: Status;
  readonly registry: Registry;
  readonly threads: readonly Worker[];
  readonly time: ModelTimer;
  readonly tracing: Tracing | undefined;
}

/** In this thread, or in those that were begun for it. */
function openGateway(options: GatewayOptions, opened: AsyncDisposableStack): Pick<Gateway, 'listen' | 'close'> {
  const { settings, logger, version, log, serving, status, registry, threads, time, tracing } = options;
  const imports = createImportServer({ log: options.imports, prefix: settings.topicPrefix, clock: wallClock });
  opened.defer(() => imports.close());
  const common = {
    settings,
    log,
    status: () => status.read(),
    topology: describeTopology(stages, [serveSink(stages)]),
    version,
  };
  if (threads.length > 0) return gatewayThreads(threads, { ...common, serving, imports, registry });
  return createGateway({
    ...gatewayParts(settings, serving.store, time),
    ...common,
    metrics: registry,
    logger,
    tracing: tracing?.requests,
    routes: [
      ...importRoutes(imports),
      ...modelRoutes(log, { prefix: settings.topicPrefix, partitions: settings.partitions }),
    ],
  });
}

function reads(log: Log): Pick<Log, 'openReader' | 'offsets' | 'describeTopic'> {
  return {
    openReader: (from) => log.openReader(from),
    offsets: (partition) => log.offsets(partition),
    describeTopic: (topic) => log.describeTopic(topic),
  };
}

// Runs a process's share of the stages, and the sink that copies their tables into the serving store.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { modelsLookupOf, type FetchModel } from '../processors/lookups/models.ts';
import { sessionIndexOf } from '../processors/lookups/session-index.ts';
import { stages as allStages } from '../processors/topology.ts';
import type { ServingStore } from '../serving/serving-store.ts';
import { wallClock } from '../streams/index.ts';
import type { Log } from '../streams/log/log.ts';
import { DEFAULT_QUEUE_LIMITS } from '../streams/record-queue.ts';
import {
  runSink,
  runStages,
  type RunningSink,
  type RunningStages,
  type RunOptions,
  type RuntimeObserver,
} from '../streams/run.ts';
import { openLmdbStateStore } from '../streams/store/lmdb.ts';
import { timedStage, type ModelTimer } from './model-timer.ts';
import type { Roles } from './roles.ts';
import { serveSink, servingTarget } from './serve.ts';
import type { Tracing } from './tracing/tracing.ts';

export interface ProcessingOptions {
  readonly roles: Roles;
  readonly settings: Settings;
  readonly log: Log;
  /** Names this process among those that share its roles. */
  readonly instance: string;
  readonly observer: RuntimeObserver;
  readonly logger: Logger;
  readonly time: ModelTimer;
  readonly fetchModel: FetchModel;
  /** Undefined when no spans are recorded. */
  readonly tracing: Tracing | undefined;
}

/** How old the copies of others' tasks may be, beside the time that a round takes. */
const STANDBY_EVERY_MS = 5_000;

/** The stages of the roles; none when it has none. They stop with `opened`. */
export async function startStages(
  { roles, settings, log, instance, observer, logger, time, fetchModel, tracing }: ProcessingOptions,
  opened: AsyncDisposableStack,
): Promise<RunningStages | undefined> {
  if (roles.stages.length === 0) return undefined;
  const stateStore = await openLmdbStateStore(join(settings.dataDir, 'state'));
  opened.defer(() => stateStore.close());
  if (stateStore.wiped !== null) logger.warn({ reason: stateStore.wiped }, 'the local state is rebuilt from the log');
  const running = runStages({
    log,
    stateStore,
    stages: roles.stages.map((stage) => timedStage(stage, time)),
    lookups: [sessionIndexOf(settings.sessionIndexSessions), modelsLookupOf(fetchModel, settings.modelVersion)],
    prefix: settings.topicPrefix,
    instance,
    observer,
    tracing: tracing?.stages,
    settings: taskSettings(settings),
    decodedBytesMax: settings.stateCacheBytesMax,
    standbyEveryMs: settings.standby ? STANDBY_EVERY_MS : null,
  });
  opened.defer(() => running.stop());
  return running;
}

/** The sink, when the roles have it. It stops with `opened`. */
export function startSink(
  { roles, settings, log, instance, observer, logger, tracing }: Omit<ProcessingOptions, 'fetchModel'>,
  store: ServingStore,
  opened: AsyncDisposableStack,
): RunningSink | undefined {
  if (!roles.serve) return undefined;
  const { topicPrefix: prefix } = settings;
  const onReset = (reason: string) => logger.warn({ reason }, 'the serving store is rebuilt from the log');
  const target = servingTarget({ store, log, prefix, onReset });
  const sink = runSink({
    definition: serveSink(allStages),
    target: tracing?.target(target) ?? target,
    log,
    prefix,
    instance,
    clock: wallClock,
    observer,
  });
  opened.defer(() => sink.stop());
  return sink;
}

function taskSettings(settings: Settings): NonNullable<RunOptions['settings']> {
  return {
    batchRecordsMax: settings.batchSize,
    queue: { ...DEFAULT_QUEUE_LIMITS, bytesMax: settings.queueBytesMax },
  };
}

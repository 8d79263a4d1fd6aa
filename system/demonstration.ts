// The demonstration shop in a process: what feeds it, and until when the weeks before its opening are being worked off.
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.ts';
import { hasPast, startDemoFeed, type DemoFeed } from '../demo/feed.ts';
import { createShop } from '../demo/shop.ts';
import type { LedgerLog } from '../imports/ledger.ts';
import { customers, stages } from '../processors/topology.ts';
import type { ServingStore } from '../serving/serving-store.ts';
import { physicalName, wallClock, type StageDefinition } from '../streams/index.ts';
import type { Log } from '../streams/log/log.ts';

export interface Demonstration {
  /** Empty, or why what is read is not yet what the shop's customers should get. */
  readonly problem: () => string;
  /** Begins the feed. Resolves once all that its past leads to is readable, and also when it was stopped before or can't go on. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

export interface DemonstrationOptions {
  readonly log: LedgerLog & Pick<Log, 'offsets'>;
  readonly serving: Pick<ServingStore, 'waitForProgress'>;
  readonly settings: Settings;
  readonly logger: Logger;
}

/** What takes longer holds up nobody any more. */
const PAST_MS_MAX = 10 * 60_000;
const WAIT_MS = 60_000;
const MARKERS = 1;
/** Between two waits: one may be over at once, as when the store is away. */
const AGAIN_AFTER_MS = 100;

/**
 * The start that brings the past in is ready when that is worked off: before, reads would answer rankings, or nothing, for customers who
 * have been there for weeks. Later starts wait for what an earlier one left undone, which is nothing when it had the time.
 */
export function createDemonstration(options: DemonstrationOptions): Demonstration {
  const { log, settings, logger } = options;
  const { topicPrefix: prefix, demoSeed, demoEventsPerSecond: eventsPerSecond } = settings;
  const stopping = new AbortController();
  let problem = 'it is about to open';
  let feed: DemoFeed | undefined;
  const failed = (error: unknown) => {
    if (!stopping.signal.aborted) logger.error({ error }, 'the demonstration shop stopped');
  };
  const isWorkedOff = (awaited: readonly StageDefinition[]) =>
    workedOff(awaited, options, AbortSignal.any([stopping.signal, AbortSignal.timeout(PAST_MS_MAX)]));
  const begin = async () => {
    const isFirst = !(await hasPast({ log, prefix, clock: wallClock }, stopping.signal));
    problem = 'its past is being worked off: until then its customers are shown what is popular';
    if (!isFirst) {
      if (await isWorkedOff([customers])) await isWorkedOff(stages);
      problem = ''; // before the shop is made, which takes as long as all the rest of a later start
    }
    if (stopping.signal.aborted) return;
    feed = startDemoFeed({ log, prefix, shop: createShop(demoSeed), clock: wallClock, eventsPerSecond });
    feed.ended.catch(failed);
    const isBrought = await feed.ready.then(
      () => true,
      () => false, // its end tells why
    );
    if (isFirst && isBrought) await isWorkedOff(stages);
  };
  return {
    problem: () => problem,
    // What else runs in this process is ready without a shop.
    open: () =>
      begin()
        .catch(failed)
        .finally(() => (problem = '')),
    stop: async () => {
      stopping.abort();
      await feed?.stop();
    },
  };
}

/**
 * Stage by stage, as each writes what the next one reads. Waits for what is there now, so that it ends while new events come. Answers whether
 * there was anything to wait for.
 */
async function workedOff(
  awaited: readonly StageDefinition[],
  { log, serving, settings }: DemonstrationOptions,
  signal: AbortSignal,
): Promise<boolean> {
  let isUndone = false;
  for (const { name, inputs } of awaited) {
    const places = [...inputs.keys()].flatMap((input) =>
      Array.from({ length: settings.partitions }, (_, partition) => ({
        topic: physicalName(settings.topicPrefix, input),
        partition,
      })),
    );
    for (const place of places) {
      // A stage comes past the last record, not past the marker that ends the record's transaction.
      const offset = (await log.offsets(place)).end - 1 - MARKERS;
      const isReached = (withinMs: number) =>
        serving.waitForProgress({ ...place, stage: name, offset }, withinMs, signal);
      if (offset < 0 || (await isReached(0))) continue;
      isUndone = true;
      while (!signal.aborted && !(await isReached(WAIT_MS))) await wallClock.sleep(AGAIN_AFTER_MS, signal);
    }
  }
  return isUndone;
}

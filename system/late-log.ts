// A log that may not be there yet: brokers may start after us, or be away for a while.
import type { Logger } from 'pino';
import { DependencyUnavailable, wallClock } from '../streams/index.ts';
import type { Log } from '../streams/log/log.ts';
import { patiently } from '../streams/run.ts';

/**
 * Opens it, again and again while no broker answers; says so each time.
 *
 * @throws Misconfigured when the brokers refuse us, and whatever else waiting does not mend.
 */
export function openedInTime(open: () => Promise<Log>, logger: Logger, signal?: AbortSignal): Promise<Log> {
  const onWait = (reason: string, again_in_ms: number) =>
    logger.warn({ reason, again_in_ms }, 'waiting for the brokers');
  return patiently(open, { signal, onWait });
}

/** Usually the brokers are there, and nobody should be refused because they have not been asked yet. */
const FIRST_WAIT_MS = 5_000;

/**
 * Opens it in the background, when it is not there within some seconds. Until it is, whatever needs it is refused with
 * DependencyUnavailable: a gateway answers reads from the serving store alone. `onRefused` hears when there will be none.
 */
export async function lateLog(
  open: () => Promise<Log>,
  logger: Logger,
  onRefused: (error: unknown) => void,
): Promise<Log> {
  const closing = new AbortController();
  let there: Log | undefined;
  const opening = openedInTime(open, logger, closing.signal).then(
    (log) => void (there = log),
    (error: unknown) => {
      if (!closing.signal.aborted) onRefused(error);
    },
  );
  const waiting = new AbortController();
  await Promise.race([opening, wallClock.sleep(FIRST_WAIT_MS, waiting.signal)]);
  waiting.abort();
  const now = (): Log => {
    if (there === undefined) throw new DependencyUnavailable('kafka', 'no broker has answered yet');
    return there;
  };
  return {
    get clusterId() {
      return now().clusterId;
    },
    ensureTopics: async (specs) => now().ensureTopics(specs),
    describeTopic: async (topic) => now().describeTopic(topic),
    append: async (records, options) => now().append(records, options),
    openTransactor: async (transactionalId, topics) => now().openTransactor(transactionalId, topics),
    openReader: (from) => now().openReader(from),
    joinGroup: async (options) => now().joinGroup(options),
    offsets: async (partition) => now().offsets(partition),
    writtenEnds: async (partitions) => now().writtenEnds(partitions),
    committedOffsets: async (group) => now().committedOffsets(group),
    close: async () => {
      closing.abort();
      await opening;
      await there?.close();
    },
  };
}

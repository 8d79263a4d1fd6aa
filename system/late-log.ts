// A log that may come later: a gateway answers reads from the serving store also while no broker is there yet.
import type { Logger } from 'pino';
import { DependencyUnavailable, isStreamsError, wallClock } from '../streams/index.ts';
import type { Log } from '../streams/log/log.ts';

const AGAIN_AFTER_MS = 1_000;
const AGAIN_AFTER_MS_MAX = 15_000;

/**
 * Opens the log in the background, again and again. Until it is there, whatever needs it is refused with DependencyUnavailable.
 * Closing it ends that, and closes what was opened.
 */
export function lateLog(open: () => Promise<Log>, logger: Logger): Log {
  const closing = new AbortController();
  let there: Log | undefined;
  const opening = (async () => {
    for (let waitMs = AGAIN_AFTER_MS; !closing.signal.aborted; waitMs = Math.min(2 * waitMs, AGAIN_AFTER_MS_MAX)) {
      try {
        there = await open();
        return;
      } catch (error) {
        // Also when it is refused: whoever operates the brokers may mend that while we answer reads.
        logger.warn(
          { reason: isStreamsError(error) ? error.message : String(error) },
          'no log yet: only reads are answered',
        );
        await wallClock.sleep(waitMs, closing.signal);
      }
    }
  })();
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
    openTransactor: async (transactionalId) => now().openTransactor(transactionalId),
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

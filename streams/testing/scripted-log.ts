// An embedded log on a disk in memory of which single calls can be made to fail, for unit tests of what runs on it.
import { openEmbeddedLog } from '../log/embedded/open.ts';
import { MemoryDisk } from '../log/embedded/memory-disk.ts';
import type { Log, NewRecord, TopicOffset, TopicPartition, TopicSpec, Transaction } from '../log/log.ts';

type Offsets = Awaited<ReturnType<Log['offsets']>>;

export interface Script {
  /** Throw here to make a call fail. */
  offsets?: () => void;
  read?: () => void;
  /** In place of where the log begins and ends; undefined leaves it so. */
  offsetsOf?: (partition: TopicPartition) => Offsets | undefined;
  /** Instead of the commit; call `commit` to do it, before or after what else is to happen. */
  commit?: (commit: () => Promise<TopicOffset[]>, transaction: Transaction) => Promise<TopicOffset[]>;
  /** True when tasks are run without a group: commits are not checked against a membership. */
  memberless?: boolean;
}

/** `script` may be changed while the log is in use. */
export async function openScriptedLog(topics: readonly TopicSpec[], script: Script = {}): Promise<Log> {
  const log = await openEmbeddedLog({ folder: new MemoryDisk(), limits: { freeBytesReserve: 0 } });
  await log.ensureTopics(topics);
  return {
    clusterId: log.clusterId,
    ensureTopics: (specs) => log.ensureTopics(specs),
    describeTopic: (topic) => log.describeTopic(topic),
    append: (records: readonly NewRecord[], options) => log.append(records, options),
    joinGroup: (options) => log.joinGroup(options),
    writtenEnds: (partitions) => log.writtenEnds(partitions),
    committedOffsets: (group) => log.committedOffsets(group),
    close: () => log.close(),
    offsets: async (partition) => {
      script.offsets?.();
      return script.offsetsOf?.(partition) ?? log.offsets(partition);
    },
    openReader: (from) => {
      const reader = log.openReader(from);
      return {
        close: () => reader.close(),
        read: async (waitMs) => {
          script.read?.();
          return reader.read(waitMs);
        },
      };
    },
    openTransactor: async (id) => {
      const transactor = await log.openTransactor(id);
      return {
        close: () => transactor.close(),
        commit: (transaction) => {
          const commit = () => transactor.commit(script.memberless ? { records: transaction.records } : transaction);
          return script.commit?.(commit, transaction) ?? commit();
        },
      };
    },
  };
}

/** Waits, in real time, until `isSo`. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** An error on each of the first `times` calls. */
export function failing(error: Error, times: number): () => void {
  let left = times;
  return () => {
    left -= 1;
    if (left >= 0) throw error;
  };
}

// The log's two ways to write, told of what was written: for what is counted or sampled on the way.
import type { Log, NewRecord, TopicOffset } from '../streams/log/log.ts';

/** Writes as `log` does, and calls `written` with the records and their places once they are there; never for what failed. */
export function watchedWrites(
  log: Log,
  written: (records: readonly NewRecord[], places: readonly TopicOffset[]) => void,
): Pick<Log, 'append' | 'openTransactor'> {
  return {
    append: async (records, options) => {
      const places = await log.append(records, options);
      written(records, places);
      return places;
    },
    openTransactor: async (transactionalId, topics) => {
      const transactor = await log.openTransactor(transactionalId, topics);
      return {
        close: () => transactor.close(),
        commit: async (transaction) => {
          const places = await transactor.commit(transaction);
          written(transaction.records, places);
          return places;
        },
      };
    },
  };
}

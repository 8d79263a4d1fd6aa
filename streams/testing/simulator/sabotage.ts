// Deliberate mistakes, made around the runtime: the simulator must find each of them, or its silence means nothing.
import { DependencyUnavailable, TransactionAborted } from '../../errors.ts';
import type { Log, NewRecord, Offset, Reader, TopicOffset, Transaction, Transactor } from '../../log/log.ts';
import { placeKey } from '../../log/place-key.ts';
import { encodeMeta, type StoreMeta } from '../../restore.ts';
import type { SinkTarget } from '../../sink.ts';
import type { StateStore, StoreWrite, TaskStore } from '../../store/store.ts';
import { TableState } from '../../table-state.ts';
import { deadLetters, physicalName, positionsTopicName } from '../../topic.ts';
import type { ExternalStore } from './external-store.ts';
import { PREFIX, labels, stages } from './topology.ts';

/** Wraps what one process is given. Made anew for each run. */
export interface Sabotage {
  readonly log?: (log: Log, instance: string) => Log;
  readonly stores?: (stores: StateStore, instance: string) => StateStore;
  readonly target?: (target: SinkTarget, store: ExternalStore) => SinkTarget;
}

export const NO_SABOTAGE: Sabotage = {};

/** Each with the sentence of the design that it breaks. */
export const SABOTAGES: Readonly<Record<string, { readonly breaks: string; readonly make: () => Sabotage }>> = {
  'id-per-process': {
    breaks: 'a transactional id belongs to a partition: with one per process nobody fences a former owner',
    make: () => ({
      log: (log, instance) => around(log, { openTransactor: (id) => log.openTransactor(`${id}@${instance}`) }),
    }),
  },
  'fence-at-commit': {
    breaks: 'the fence comes before the restore: at the first commit it is too late',
    make: () => ({
      log: (log) =>
        around(log, { openTransactor: (id) => Promise.resolve(openedAtCommit(() => log.openTransactor(id))) }),
    }),
  },
  'store-before-commit': {
    breaks: 'the local store is written after the commit',
    make: () => {
      const opened = new OpenedStores();
      return {
        stores: (stores, instance) => opened.watch(stores, instance),
        log: (log, instance) =>
          committing(log, async (transactor, transaction, id) => {
            await opened.apply(instance, id, transaction);
            return transactor.commit(transaction);
          }),
      };
    },
  },
  'abort-kept': {
    breaks: 'an aborted batch leaves nothing behind',
    make: () => {
      const opened = new OpenedStores();
      return {
        stores: (stores, instance) => opened.watch(stores, instance),
        log: (log, instance) =>
          committing(log, async (transactor, transaction, id) => {
            try {
              return await transactor.commit(transaction);
            } catch (error) {
              if (error instanceof TransactionAborted) await opened.apply(instance, id, transaction);
              throw error;
            }
          }),
      };
    },
  },
  'run-again': {
    breaks: 'a committed batch whose store could not be written is restored, not run again',
    make: () => {
      let commits = 0;
      return {
        log: (log) =>
          committing(log, async (transactor, transaction) => {
            const written = await transactor.commit(transaction);
            commits += 1;
            if (commits % 11 === 0) throw new DependencyUnavailable('disk', 'taken for a commit that did not happen');
            return written;
          }),
      };
    },
  },
  'no-position': {
    breaks: 'every transaction writes the position record',
    make: () => ({
      log: (log) =>
        withoutTopics(
          log,
          stages.map((stage) => positionsTopicName(PREFIX, stage.name)),
        ),
    }),
  },
  'letters-apart': {
    breaks: 'dead letters are written in the same transaction',
    make: () => ({
      log: (log) =>
        committing(log, async (transactor, transaction) => {
          const letters = transaction.records.filter(isDeadLetter);
          if (letters.length > 0) await log.append(letters, { durability: 'memory' });
          return transactor.commit({
            ...transaction,
            records: transaction.records.filter((record) => !isDeadLetter(record)),
          });
        }),
    }),
  },
  'short-restore': {
    breaks: 'a store is restored to the end of its tables',
    make: () => ({
      log: (log) =>
        around(log, {
          writtenEnds: async (partitions) => {
            const ends = await log.writtenEnds(partitions);
            return partitions.map(({ topic }, index) => Math.max(0, (ends[index] ?? 0) - (isTable(topic) ? 2 : 0)));
          },
        }),
    }),
  },
  'deletions-skipped': {
    breaks: 'a tombstone deletes in the restored store, too',
    make: () => ({
      log: (log) =>
        around(log, {
          openReader: (from) =>
            from.every(({ topic }) => isTable(topic)) ? withoutTombstones(log.openReader(from)) : log.openReader(from),
        }),
    }),
  },
  'store-ahead': {
    breaks: 'a local store that is ahead of the log is refused',
    make: () => {
      const ends = new Map<string, Offset>();
      return {
        log: (log) =>
          around(log, {
            writtenEnds: async (partitions) => {
              const found = await log.writtenEnds(partitions);
              for (const [index, place] of partitions.entries()) ends.set(placeKey(place), found[index] ?? 0);
              return found;
            },
          }),
        stores: (stores) => openedAs(stores, (store, task) => withMeta(store, (meta) => notAhead(meta, task, ends))),
      };
    },
  },
  'early-start': {
    breaks: 'lookups are complete before a stage starts',
    make: () => ({
      log: (log) =>
        around(log, {
          offsets: async (partition) => {
            const { start, end } = await log.offsets(partition);
            return { start, end: partition.topic === physicalName(PREFIX, labels.name) ? start : end };
          },
        }),
    }),
  },
  'position-first': {
    breaks: 'a sink target applies the records and their position together',
    make: () => ({
      target: (target, store) => ({
        ...target,
        write: (batches, progress) => {
          for (const batch of batches) store.write({ ...batch, records: [] });
          return target.write(batches, progress);
        },
      }),
    }),
  },
  'progress-first': {
    breaks: 'progress is told when all it stands for is written',
    make: () => ({
      target: (target) => ({
        ...target,
        write: async (batches, progress) => {
          await target.write([], progress);
          await target.write(batches, []);
        },
      }),
    }),
  },
};

function around(log: Log, changed: Partial<Log>): Log {
  return {
    clusterId: log.clusterId,
    ensureTopics: (specs) => log.ensureTopics(specs),
    describeTopic: (topic) => log.describeTopic(topic),
    append: (records, options) => log.append(records, options),
    openTransactor: (id) => log.openTransactor(id),
    openReader: (from) => log.openReader(from),
    joinGroup: (options) => log.joinGroup(options),
    offsets: (partition) => log.offsets(partition),
    writtenEnds: (partitions) => log.writtenEnds(partitions),
    committedOffsets: (group) => log.committedOffsets(group),
    close: () => log.close(),
    ...changed,
  };
}

type Commit = (transactor: Transactor, transaction: Transaction, transactionalId: string) => Promise<TopicOffset[]>;

function committing(log: Log, commit: Commit): Log {
  return around(log, {
    openTransactor: async (id) => {
      const transactor = await log.openTransactor(id);
      return { commit: (transaction) => commit(transactor, transaction, id), close: () => transactor.close() };
    },
  });
}

function withoutTopics(log: Log, topics: readonly string[]): Log {
  return committing(log, (transactor, transaction) =>
    transactor.commit({ ...transaction, records: transaction.records.filter(({ topic }) => !topics.includes(topic)) }),
  );
}

function openedAtCommit(open: () => Promise<Transactor>): Transactor {
  let transactor: Transactor | undefined;
  return {
    commit: async (transaction) => {
      transactor ??= await open();
      return transactor.commit(transaction);
    },
    close: async () => transactor?.close(),
  };
}

function withoutTombstones(reader: Reader): Reader {
  return {
    read: async (waitMs) =>
      (await reader.read(waitMs)).map((batch) => ({
        ...batch,
        records: batch.records.filter(({ value }) => value !== null),
      })),
    close: () => reader.close(),
  };
}

/** The stores that the tasks have open, to write to them behind the runtime's back. */
class OpenedStores {
  readonly #opened = new Map<string, TaskStore>();

  watch(stores: StateStore, instance: string): StateStore {
    return openedAs(stores, (store, task) => {
      this.#opened.set(`${instance}/${task}`, store);
      return store;
    });
  }

  async apply(instance: string, transactionalId: string, { records }: Transaction): Promise<void> {
    const store = this.#opened.get(`${instance}/${transactionalId.slice(PREFIX.length + 1)}`);
    if (store === undefined || store.meta === null) return;
    await store.apply(
      records.flatMap((record) => tableWrites(store, record)),
      store.meta,
    );
  }
}

function tableWrites(store: TaskStore, { topic, key, value, timestampMs }: NewRecord): StoreWrite[] {
  for (const stage of stages) {
    for (const [name, table] of stage.tables) {
      if (physicalName(PREFIX, name) !== topic) continue;
      return new TableState(table, store).storeWrites(key?.toString('utf8') ?? '', value, timestampMs);
    }
  }
  return [];
}

function openedAs(stores: StateStore, change: (store: TaskStore, task: string) => TaskStore): StateStore {
  return {
    open: async (task) => change(await stores.open(task), task),
    wipe: (task) => stores.wipe(task),
    close: () => stores.close(),
  };
}

function withMeta(store: TaskStore, change: (meta: Buffer) => Buffer): TaskStore {
  return {
    get meta() {
      return store.meta === null ? null : change(store.meta);
    },
    get: (table, key) => store.get(table, key),
    range: (table, bounds) => store.range(table, bounds),
    apply: (writes, meta) => store.apply(writes, meta),
    close: () => store.close(),
  };
}

function notAhead(bytes: Buffer, task: string, ends: ReadonlyMap<string, Offset>): Buffer {
  const meta = JSON.parse(bytes.toString('utf8')) as StoreMeta;
  const partition = Number(task.slice(task.lastIndexOf('.') + 1));
  const topics = Object.entries(meta.topics).map(([topic, { id, restored }]) => {
    return [topic, { id, restored: Math.min(restored, ends.get(placeKey({ topic, partition })) ?? restored) }] as const;
  });
  return encodeMeta({ ...meta, topics: Object.fromEntries(topics) });
}

function isDeadLetter({ topic }: NewRecord): boolean {
  return topic === physicalName(PREFIX, deadLetters);
}

function isTable(topic: string): boolean {
  return stages.some(
    (stage) =>
      [...stage.tables.keys()].some((name) => physicalName(PREFIX, name) === topic) ||
      positionsTopicName(PREFIX, stage.name) === topic,
  );
}

// Counts what is written to each topic. Offsets don't tell: transactions take some for themselves.
import { Counter, type Registry } from 'prom-client';
import type { Log, NewRecord } from '../streams/log/log.ts';
import { watchedWrites } from './watched-writes.ts';

/** The same log, whose writers are counted as `freshet_records_written_total{topic}` once their records are there. */
export function countWritten(log: Log, registry: Registry, logicalName: (topic: string) => string): Log {
  const written = new Map<string, number>();
  new Counter({
    name: 'freshet_records_written_total',
    help: 'Records written since the start.',
    labelNames: ['topic'],
    registers: [registry],
    // Published when somebody asks: a write shouldn't pay for more than an addition.
    collect() {
      this.reset();
      for (const [topic, count] of written) this.labels(logicalName(topic)).inc(count);
    },
  });
  const count = (records: readonly NewRecord[]) => {
    for (const { topic } of records) written.set(topic, (written.get(topic) ?? 0) + 1);
  };
  return {
    get clusterId() {
      return log.clusterId;
    },
    ensureTopics: (specs) => log.ensureTopics(specs),
    describeTopic: (topic) => log.describeTopic(topic),
    openReader: (from) => log.openReader(from),
    joinGroup: (options) => log.joinGroup(options),
    offsets: (partition) => log.offsets(partition),
    writtenEnds: (partitions) => log.writtenEnds(partitions),
    committedOffsets: (group) => log.committedOffsets(group),
    close: () => log.close(),
    ...watchedWrites(log, count),
  };
}

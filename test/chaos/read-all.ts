// What stands in a topic of the system under test, as a read-committed reader finds it.
import { physicalName } from '../../streams/index.ts';
import type { Log, LogRecord } from '../../streams/log/log.ts';
import { partitions, prefix } from './cluster.ts';

/** All records of a topic, in the order of partition and offset. */
export async function readAll(log: Log, { name }: { readonly name: string }): Promise<LogRecord[]> {
  const topic = physicalName(prefix, name);
  const records: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const { start, end } = await log.offsets({ topic, partition });
    const reader = log.openReader([{ topic, partition, offset: start }]);
    for (let next = start; next < end;) {
      for (const batch of await reader.read(1_000)) {
        records.push(...batch.records);
        next = batch.nextOffset;
      }
    }
    await reader.close();
  }
  return records;
}

/** By key; null for what was deleted. */
export function latestOrGone(records: readonly LogRecord[]): Map<string, Buffer | null> {
  return new Map(records.map(({ key, value }) => [String(key), value]));
}

/** By key; what was deleted is not there. */
export function latest(records: readonly LogRecord[]): Map<string, Buffer> {
  const values = [...latestOrGone(records)];
  return new Map(values.filter((entry): entry is [string, Buffer] => entry[1] !== null));
}

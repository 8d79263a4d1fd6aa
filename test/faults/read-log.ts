// Reads what stands in the log of a data folder that nobody uses any more.
import { physicalName } from '../../streams/index.ts';
import type { LogRecord } from '../../streams/log/log.ts';
import { openLog, partitions, prefix } from './processing.ts';

const READ_WAIT_MS = 200;

/** All records of topics, by logical name, each topic's in the order of partition and offset. */
export async function readTopics(dataDir: string, names: readonly string[]): Promise<Map<string, LogRecord[]>> {
  const log = await openLog(dataDir);
  const topics = new Map<string, LogRecord[]>();
  try {
    for (const name of names) {
      const records: LogRecord[] = [];
      for (let partition = 0; partition < partitions; partition += 1) {
        const topic = physicalName(prefix, name);
        const { start, end } = await log.offsets({ topic, partition });
        const reader = log.openReader([{ topic, partition, offset: start }]);
        for (let next = start; next < end;) {
          for (const batch of await reader.read(READ_WAIT_MS)) {
            records.push(...batch.records);
            next = batch.nextOffset;
          }
        }
        await reader.close();
      }
      topics.set(name, records);
    }
  } finally {
    await log.close();
  }
  return topics;
}

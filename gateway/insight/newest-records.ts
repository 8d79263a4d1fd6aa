// The newest records of a topic, over all of its partitions. Reads no more than it answers, give or take what a partition holds less.
import type { GatewayDependencies, IncomingRecord } from '../dependencies.ts';

type Dependencies = Pick<GatewayDependencies, 'log' | 'settings'>;

const readWaitMs = 200;
/** A partition may hold gaps at its end that no record follows: then nothing more comes, however long one waits. */
const readsMax = 20;

export interface NewestRecords {
  /** Newest first. */
  readonly records: readonly IncomingRecord[];
  /** All that can still be read. */
  readonly total: number;
}

export async function newestRecords(topic: string, limit: number, dependencies: Dependencies): Promise<NewestRecords> {
  const partitions = await Promise.all(
    Array.from({ length: dependencies.settings.partitions }, async (_, partition) => ({
      partition,
      ...(await dependencies.log.offsets({ topic, partition })),
    })),
  );
  const filled = partitions.filter(({ start, end }) => end > start);
  const records = filled.length === 0 ? [] : await readTails(topic, filled, limit, dependencies);
  return {
    records: records
      .toSorted((one, other) => other.timestampMs - one.timestampMs || other.offset - one.offset)
      .slice(0, limit),
    total: filled.reduce((sum, { start, end }) => sum + end - start, 0),
  };
}

async function readTails(
  topic: string,
  partitions: readonly { readonly partition: number; readonly start: number; readonly end: number }[],
  limit: number,
  { log }: Dependencies,
): Promise<IncomingRecord[]> {
  const behind = new Map(partitions.map(({ partition, end }) => [partition, end]));
  const reader = log.openReader(
    partitions.map(({ partition, start, end }) => ({ topic, partition, offset: Math.max(start, end - limit) })),
  );
  const records: IncomingRecord[] = [];
  try {
    for (let reads = 0; behind.size > 0 && reads < readsMax; reads += 1) {
      for (const batch of await reader.read(readWaitMs)) {
        records.push(...batch.records);
        if (batch.nextOffset >= (behind.get(batch.partition) ?? 0)) behind.delete(batch.partition);
      }
    }
  } finally {
    await reader.close();
  }
  return records;
}

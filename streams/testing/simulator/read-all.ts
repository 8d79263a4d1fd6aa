// Everything that can be read of some topics, in offset order per partition.
import type { Log, LogRecord } from '../../log/log.ts';
import { placeKey } from '../../log/place-key.ts';

export class Contents {
  readonly #records = new Map<string, LogRecord[]>();

  add(record: LogRecord): void {
    const key = placeKey(record);
    const known = this.#records.get(key);
    if (known === undefined) this.#records.set(key, [record]);
    else known.push(record);
  }

  of(topic: string, partition: number): readonly LogRecord[] {
    return this.#records.get(placeKey({ topic, partition })) ?? [];
  }

  *all(topic: string, partitions: number): Generator<LogRecord> {
    for (let partition = 0; partition < partitions; partition += 1) yield* this.of(topic, partition);
  }

  /** Latest values by key, without what was deleted. */
  folded(topic: string, partition: number): Map<string, string> {
    const latest = new Map<string, string>();
    for (const { key, value } of this.of(topic, partition)) {
      const name = key?.toString('utf8') ?? '';
      if (value === null) latest.delete(name);
      else latest.set(name, value.toString('utf8'));
    }
    return latest;
  }
}

export async function readAll(log: Log, topics: readonly string[], partitions: number): Promise<Contents> {
  const contents = new Contents();
  const left = new Map<string, number>();
  const from = [];
  for (const topic of topics) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const { start, end } = await log.offsets({ topic, partition });
      from.push({ topic, partition, offset: start });
      if (end > start) left.set(placeKey({ topic, partition }), end);
    }
  }
  const reader = log.openReader(from);
  while (left.size > 0) {
    for (const { topic, partition, records, nextOffset } of await reader.read(1_000)) {
      for (const record of records) contents.add(record);
      const key = placeKey({ topic, partition });
      if (nextOffset >= (left.get(key) ?? 0)) left.delete(key);
    }
  }
  await reader.close();
  return contents;
}

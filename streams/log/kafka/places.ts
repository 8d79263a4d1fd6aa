// Where records go: each topic or partition once. Whoever remembers that keeps none of the records.
import type { NewRecord, TopicPartition } from '../log.ts';
import { placeKey } from '../place-key.ts';
import type { PlacedRecord } from './client.ts';

/** Most records go where the one before them goes, and are passed over. */
export function topicsOf(records: readonly NewRecord[]): ReadonlySet<string> {
  const topics = new Set<string>();
  let former: string | undefined;
  for (const { topic } of records) {
    if (topic !== former) topics.add((former = topic));
  }
  return topics;
}

export function placesOf(records: readonly PlacedRecord[]): TopicPartition[] {
  const places = new Map<string, TopicPartition>();
  let former: PlacedRecord | undefined;
  for (const record of records) {
    const { topic, partition } = record;
    if (topic === former?.topic && partition === former.partition) continue;
    former = record;
    places.set(placeKey(record), { topic, partition });
  }
  return [...places.values()];
}

// Where records go: each partition once. Whoever remembers that keeps none of the records.
import type { TopicPartition } from '../log.ts';
import { placeKey } from '../place-key.ts';
import type { PlacedRecord } from './client.ts';

export function placesOf(records: readonly PlacedRecord[]): TopicPartition[] {
  const places = new Map<string, TopicPartition>();
  for (const record of records) {
    const key = placeKey(record);
    if (!places.has(key)) places.set(key, { topic: record.topic, partition: record.partition });
  }
  return [...places.values()];
}

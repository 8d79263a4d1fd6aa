// Where records go: each partition once. Whoever remembers that keeps none of the records.
import type { TopicPartition } from '../log.ts';
import type { PlacedRecord } from './client.ts';

export function placesOf(records: readonly PlacedRecord[]): TopicPartition[] {
  const places = new Map<string, TopicPartition>();
  for (const { topic, partition } of records) places.set(`${topic}/${partition}`, { topic, partition });
  return [...places.values()];
}

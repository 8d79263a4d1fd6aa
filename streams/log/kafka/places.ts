// Where records go, each topic or partition once, and where they went. Whoever remembers that keeps none of the records.
import type { NewRecord, Offset, TopicPartition } from '../log.ts';
import { placeKey } from '../place-key.ts';
import { KafkaFailure, type PlacedRecord } from './client.ts';

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

/** The offset of each record, by where the first of its partition went. @throws KafkaFailure when nobody answered that. */
export function offsetsFrom(
  firsts: Iterable<readonly [place: string, first: Offset]>,
  records: readonly PlacedRecord[],
): Offset[] {
  const next = new Map(firsts);
  return records.map((record) => {
    const place = placeKey(record);
    const offset = next.get(place);
    if (offset === undefined) throw new KafkaFailure('UNKNOWN', `Nobody answered where a record of ${place} went.`);
    next.set(place, offset + 1);
    return offset;
  });
}

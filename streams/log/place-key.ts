// A partition as the key of a map.
import type { TopicPartition } from './log.ts';

/** By topic and partition. As many as there are partitions. */
const keys = new Map<string, string[]>();

/** The same text each time: put together anew for every record, it took a tenth of the time of a count. */
export function placeKey({ topic, partition }: TopicPartition): string {
  let ofTopic = keys.get(topic);
  if (ofTopic === undefined) keys.set(topic, (ofTopic = []));
  return (ofTopic[partition] ??= `${topic}/${partition}`);
}

// A value of a table as it stands in the log.
import { partitionOf, physicalName, type TopicDefinition } from '../streams/index.ts';

/** Of a topic with so many partitions. @throws Error when it is not what the topic's schema says. */
export function tableRecord<V>(
  topic: TopicDefinition<V>,
  { key: text, value, timestampMs }: { readonly key: string; readonly value: V; readonly timestampMs: number },
  prefix: string,
  partitions: number,
) {
  const key = Buffer.from(text);
  return {
    topic: physicalName(prefix, topic.name),
    partition: partitionOf(key, partitions),
    key,
    value: topic.codec.encode(value),
    timestampMs,
  };
}

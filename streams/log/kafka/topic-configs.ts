// What a topic's description means in Kafka's configs, and which of them a topic that exists is held against.
import type { TopicSpec } from '../log.ts';
import type { KafkaLimits } from './settings.ts';

const forEver = '-1';
/** What 64 bits hold in nanoseconds: Redpanda keeps no more, and a topic with more would differ from its description for ever. */
const anyTime = '9223372036854';
const hourMs = 3_600_000;
/** Kafka's own default. */
const tombstoneRetentionMs = 24 * hourMs;
/** A superseded value is gone from disk after so long at the latest: whoever asked to be forgotten is. */
const compactionLagMaxMs = 24 * hourMs;
/** Beside the records, of a batch that holds a single one. */
const batchOverheadBytes = 1024;

/** Everything that is set when we create a topic. */
export function topicConfigsFor(spec: TopicSpec, limits: KafkaLimits): Record<string, string> {
  return {
    'cleanup.policy': spec.cleanup,
    'retention.ms': spec.retentionMs === undefined ? forEver : String(spec.retentionMs),
    'retention.bytes': spec.retentionBytes === undefined ? forEver : String(spec.retentionBytes),
    // Of the events. Brokers delete by it, against the clock on the wall, where the embedded log goes by a partition's newest record.
    'message.timestamp.type': 'CreateTime',
    // A broker that refuses a record for its time would hold its task up for ever. Times are bounded where events come in.
    'message.timestamp.after.max.ms': anyTime,
    'max.message.bytes': String(limits.recordBytesMax + batchOverheadBytes),
    ...(spec.cleanup.includes('compact') ? compaction(spec) : {}),
  };
}

function compaction(spec: TopicSpec): Record<string, string> {
  return {
    'delete.retention.ms': String(spec.tombstoneRetentionMs ?? tombstoneRetentionMs),
    'min.compaction.lag.ms': '0',
    'max.compaction.lag.ms': String(compactionLagMaxMs),
  };
}

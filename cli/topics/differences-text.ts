// Tells how topics differ from what they should be.
import type { TopicDifferences } from '../../streams/log/kafka/topic-tools.ts';

/** A line each; `missing` says what becomes, or became, of those that are not there. */
export function differencesText(differences: TopicDifferences, missing: 'missing' | 'created'): string {
  const lines = [
    ...differences.missing.map(
      ({ name, partitions, cleanup }) => `${missing}  ${name} (${partitions} partitions, ${cleanup})`,
    ),
    ...differences.partitions.map(
      ({ topic, wanted, found }) =>
        `DIFFERS  ${topic} has ${found} partitions instead of ${wanted}; that is never changed: set PARTITIONS=${found}, or use another TOPIC_PREFIX`,
    ),
    ...differences.configs.map(
      ({ topic, config, wanted, found }) =>
        `differs  ${topic}: ${config} is ${found ?? 'not set'} instead of ${wanted}; change it with the brokers’ tools, or leave it`,
    ),
  ];
  return lines.length === 0 ? 'All topics are as they should be.\n' : `${lines.join('\n')}\n`;
}

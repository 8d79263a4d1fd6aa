// The topic tools over kafkajs, against a real broker.
import { topicsOnKafka } from '../testing/topics-on-kafka.ts';

await topicsOnKafka('kafkajs');

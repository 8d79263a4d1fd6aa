// What brokers have left undecided is decided, with the client library kafkajs.
import { leftoversOnKafka } from '../testing/leftovers-on-kafka.ts';

await leftoversOnKafka('kafkajs');

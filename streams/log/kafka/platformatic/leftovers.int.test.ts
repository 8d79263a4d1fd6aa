// What brokers have left undecided is decided, with the client library @platformatic/kafka.
import { leftoversOnKafka } from '../testing/leftovers-on-kafka.ts';

await leftoversOnKafka('platformatic');

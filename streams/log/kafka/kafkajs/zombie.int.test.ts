// A zombie writes nothing, with the client library kafkajs.
import { zombiesOnKafka } from '../testing/zombies-on-kafka.ts';

await zombiesOnKafka('kafkajs');

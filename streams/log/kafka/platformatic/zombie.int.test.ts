// A zombie writes nothing, with the client library @platformatic/kafka.
import { zombiesOnKafka } from '../testing/zombies-on-kafka.ts';

await zombiesOnKafka('platformatic');

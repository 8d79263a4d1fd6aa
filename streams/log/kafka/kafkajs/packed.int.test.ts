// kafkajs with the compressions that it lacks, against a real broker.
import { packedOnKafka } from '../testing/packed-on-kafka.ts';

await packedOnKafka('kafkajs');

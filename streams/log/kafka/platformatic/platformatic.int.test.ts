// The log on @platformatic/kafka keeps the log's contract against a real broker.
import { contractOnKafka } from '../testing/contract-on-kafka.ts';

await contractOnKafka('platformatic');

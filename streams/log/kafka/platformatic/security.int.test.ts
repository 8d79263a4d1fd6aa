// Our connections by @platformatic/kafka are let in by TLS, mTLS and every kind of SASL, by a real broker.
import { securityOnKafka } from '../testing/security-on-kafka.ts';

await securityOnKafka('platformatic');

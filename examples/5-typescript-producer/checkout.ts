// A checkout that tells Kafka of a purchase, with a schema of its own: checkout.ts <brokers> <registry> <customer>.
//
// The registry gives the schema an id, as it is compatible with Freshet's; the id stands in front of the value.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka, Partitioners } from 'kafkajs';

const topic = 'freshet.interactions.v1';
const [brokers = '', registryUrl = '', customer = ''] = process.argv.slice(2);

const registry = new SchemaRegistry({ host: registryUrl });
const schema = readFileSync(new URL('../interaction.avsc', import.meta.url), 'utf8');
const { id } = await registry.register(
  { type: SchemaType.AVRO, schema },
  // This library asks whether the registry has the compatibility that it expects.
  { subject: `${topic}-value`, compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE },
);

// The partitioner of Java's client: all events of a customer must be in one partition, whoever writes them.
const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'checkout' });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
await producer.connect();
const now = Date.now();
const value = await registry.encode(id, {
  interaction_id: randomUUID(),
  customer_id: customer,
  timestamp: now,
  received_at: now,
  event_type: 'purchase',
  item_id: 'lamp',
  value: 49.9,
  till: '7',
});
await producer.send({ topic, messages: [{ key: customer, value, timestamp: String(now) }], acks: -1 });
await producer.disconnect();
process.stdout.write('sent\n');

"""A checkout that tells Kafka of a purchase, with Confluent's serialiser and a schema of its own.

    pip install 'confluent-kafka[avro,schemaregistry]'
    python3 examples/6-python-producer/checkout.py <brokers> <registry> <customer>

The serialiser registers the schema of interaction.avsc: the registry accepts it when Freshet's is compatible with it.
"""

import sys
import time
import uuid
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = "freshet.interactions.v1"

brokers, registry, customer = sys.argv[1:]
schema = Path(__file__).parent.with_name("interaction.avsc").read_text()
serialize = AvroSerializer(SchemaRegistryClient({"url": registry}), schema)
now_ms = int(time.time() * 1000)
purchase = {
    "interaction_id": str(uuid.uuid4()),
    "customer_id": customer,
    "timestamp": now_ms,
    "received_at": now_ms,
    "event_type": "purchase",
    "item_id": "lamp",
    "value": 49.9,
    "till": "7",
}
# The partitioner of Java's client: all events of a customer must be in one partition, whoever writes them.
producer = Producer({"bootstrap.servers": brokers, "partitioner": "murmur2_random", "enable.idempotence": True})
value = serialize(purchase, SerializationContext(TOPIC, MessageField.VALUE))
producer.produce(TOPIC, key=customer, value=value)
if producer.flush(30) > 0:
    sys.exit("the brokers do not answer")
print("sent")

"""Reads a customer's profile from Kafka, as any program can that knows the registry.

    python3 examples/6-python-producer/profile.py <brokers> <registry> <customer>
"""

import sys
import time

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = "freshet.profiles.v1"
PATIENCE_S = 30

brokers, registry, customer = sys.argv[1:]
deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry}))
consumer = Consumer(
    {
        "bootstrap.servers": brokers,
        "group.id": f"profile-of-{customer}-{time.time()}",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
    }
)
consumer.subscribe([TOPIC])
until = time.monotonic() + PATIENCE_S
while time.monotonic() < until:
    message = consumer.poll(1.0)
    if message is None or message.error() or message.key() != customer.encode():
        continue
    profile = deserialize(message.value(), SerializationContext(TOPIC, MessageField.VALUE))
    print(f"{profile['customer_id']}: lifetime value {profile['lifetime_value']}, orders {profile['orders']}")
    break
else:
    sys.exit(f"no profile of {customer}")
consumer.close()

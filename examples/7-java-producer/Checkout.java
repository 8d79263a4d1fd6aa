// A checkout that tells Kafka of a purchase, with Avro's own encoder and Confluent's wire format: a zero byte, the schema's id in
// four bytes, the value.
//
//     mvn -f examples/7-java-producer dependency:copy-dependencies -DoutputDirectory=/tmp/jars
//     java -cp '/tmp/jars/*' examples/7-java-producer/Checkout.java <brokers> <registry> <customer>

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Checkout {
  static final String TOPIC = "freshet.interactions.v1";

  public static void main(String[] args) throws Exception {
    String brokers = args[0], registry = args[1], customer = args[2];
    Schema schema = new Schema.Parser().parse(Path.of("examples/interaction.avsc").toFile());
    long now = System.currentTimeMillis();
    GenericRecord purchase = new GenericData.Record(schema);
    purchase.put("interaction_id", UUID.randomUUID().toString());
    purchase.put("customer_id", customer);
    purchase.put("timestamp", now);
    purchase.put("received_at", now);
    purchase.put("event_type", "purchase");
    purchase.put("item_id", "lamp");
    purchase.put("value", 49.9);
    purchase.put("till", "7");
    byte[] value = encode(register(registry, schema), schema, purchase);
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, customer, value)).get();
    }
    System.out.println("sent");
  }

  /** Answers the schema's id; the registry refuses a schema that is not compatible. */
  static int register(String registry, Schema schema) throws Exception {
    String quoted = "\"" + schema.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/subjects/" + TOPIC + "-value/versions"))
        .header("Content-Type", "application/vnd.schemaregistry.v1+json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"schema\":" + quoted + "}"))
        .build();
    String answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    var id = Pattern.compile("\"id\"\\s*:\\s*(\\d+)").matcher(answer);
    if (!id.find()) throw new IllegalStateException(answer);
    return Integer.parseInt(id.group(1));
  }

  static byte[] encode(int id, Schema schema, GenericRecord value) throws Exception {
    var bytes = new ByteArrayOutputStream();
    var header = new DataOutputStream(bytes);
    header.writeByte(0);
    header.writeInt(id);
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(value, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}

package freshet.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What Freshet's stages are measured against: a count per key with Kafka Streams, exactly once, in RocksDB with a changelog, each new
 * count written to a topic, a commit every 100 ms. Arguments: brokers, input topic, output topic, number of events, state folder,
 * bytes of cache. Its last line is one JSON object.
 */
public final class CountBaseline {
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private CountBaseline() {}

  public static void main(String[] args) throws Exception {
    String brokers = args[0];
    String application = "kafka-streams-" + ProcessHandle.current().pid();
    long events = Long.parseLong(args[3]);
    AtomicLong firstAt = new AtomicLong();
    CountDownLatch all = new CountDownLatch(1);
    StreamsBuilder builder = new StreamsBuilder();
    count(builder, args[1], args[2], events, firstAt, all);
    try (KafkaStreams streams = new KafkaStreams(builder.build(), settings(application, brokers, args[4], args[5]))) {
      streams.start();
      all.await();
      awaitCommitted(brokers, application, events);
      double seconds = (System.nanoTime() - firstAt.get()) / 1e9;
      System.out.printf(
          "{\"events_per_second\":%.0f,\"seconds\":%.2f,\"cpu_seconds\":%.1f}%n",
          events / seconds, seconds, cpuSeconds());
      streams.close(PATIENCE);
    }
  }

  private static void count(
      StreamsBuilder builder, String input, String output, long events, AtomicLong firstAt, CountDownLatch all) {
    AtomicLong seen = new AtomicLong();
    builder.stream(input, Consumed.with(Serdes.String(), Serdes.String()))
        .peek((key, value) -> {
          firstAt.compareAndSet(0, System.nanoTime());
          if (seen.incrementAndGet() == events) all.countDown();
        })
        .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
        .count(
            Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("counts")
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long())
                .withLoggingEnabled(Map.of()))
        .toStream()
        .to(output, Produced.with(Serdes.String(), Serdes.Long()));
  }

  private static Properties settings(String application, String brokers, String folder, String cacheBytes) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, Long.parseLong(cacheBytes));
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Path.of(folder).toString());
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return settings;
  }

  /** Processed is not committed: the group's offsets say what is. */
  private static void awaitCommitted(String brokers, String application, long events) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (committed(admin, application) < events) {
        if (System.nanoTime() > until) throw new IllegalStateException("the last commit did not come");
        Thread.sleep(5);
      }
    }
  }

  private static long committed(Admin admin, String application) throws Exception {
    return admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata().get().values().stream()
        .mapToLong(OffsetAndMetadata::offset)
        .sum();
  }

  private static double cpuSeconds() {
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }
}

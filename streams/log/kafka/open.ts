// Opens the log of a Kafka cluster.
import { Misconfigured } from '../../errors.ts';
import { clientFailure, KafkaFailure, type KafkaClient } from './client.ts';
import { reaching } from './errors.ts';
import { KafkaLog } from './kafka-log.ts';
import { openKafkajsClient } from './kafkajs/kafkajs-client.ts';
import { openPlatformaticClient } from './platformatic/open-client.ts';
import { kafkaContext, type KafkaClientName, type KafkaContext, type KafkaSettings } from './settings.ts';
import { TopicTools } from './topic-tools.ts';

const clients: Readonly<Record<KafkaClientName, (context: KafkaContext) => Promise<KafkaClient>>> = {
  kafkajs: openKafkajsClient,
  platformatic: openPlatformaticClient,
};

/**
 * @throws DependencyUnavailable when no broker answers.
 * @throws Misconfigured when the brokers refuse us.
 */
export async function openKafkaLog(settings: KafkaSettings): Promise<KafkaLog> {
  const context = kafkaContext(settings);
  return reaching(async () => {
    try {
      const client = await clients[settings.client ?? 'platformatic'](context);
      const { clusterId } = await client.describeCluster();
      const topics = new TopicTools(client, context.limits, settings.replicationFactor);
      return new KafkaLog(clusterId, client, context, topics);
    } catch (error) {
      throw isRefused(error)
        ? new Misconfigured(`Kafka does not let us in: ${error.message}`, { cause: error })
        : error;
    }
  });
}

/** At the start it is the settings that are wrong; later on it is likelier that whoever gives out tokens is away. */
function isRefused(error: unknown): error is KafkaFailure {
  return error instanceof KafkaFailure && error.code === clientFailure.authentication;
}

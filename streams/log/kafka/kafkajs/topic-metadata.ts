// Topics with their ids. kafkajs's metadata request is too old to answer ids, so this one is written out: Metadata version 12.
import kafkajs from 'kafkajs';
import { CompactReader, compactString, nothingTagged, unsigned } from './compact.ts';
import { encoded, type InnerBroker } from './kafkajs.ts';

const metadataKey = 3;
const metadataVersion = 12;
const unknownTopic = 3;

/** Topics that do not exist are left out. */
export async function fetchTopics(
  broker: InnerBroker,
  names: readonly string[],
): Promise<Map<string, { partitions: number; topicId: string }>> {
  const { maxVersion = 0 } = broker.versions[metadataKey] ?? {};
  if (maxVersion < metadataVersion) return fetchWithoutIds(broker, names);
  const topics = await broker.connectionPool.send({
    request: {
      apiKey: metadataKey,
      apiVersion: metadataVersion,
      apiName: 'Metadata',
      encode: async () => encoded(request(names)),
    },
    response: { decode: async (payload) => response(payload), parse: async (decoded) => decoded },
  });
  const found = new Map<string, { partitions: number; topicId: string }>();
  for (const { errorCode, name, topicId, partitions } of topics) {
    if (errorCode !== unknownTopic) found.set(name, { partitions, topicId });
  }
  return found;
}

/** Brokers that know no ids (Kafka before 3.1, some Redpandas): a topic that was made anew is then not told from the former one. */
async function fetchWithoutIds(
  broker: InnerBroker,
  names: readonly string[],
): Promise<Map<string, { partitions: number; topicId: string }>> {
  const found = new Map<string, { partitions: number; topicId: string }>();
  for (const name of names) {
    try {
      const { topicMetadata } = await broker.metadata([name]);
      found.set(name, { partitions: topicMetadata[0]?.partitionMetadata.length ?? 0, topicId: 'unknown' });
    } catch (error) {
      if (!(error instanceof kafkajs.KafkaJSProtocolError) || error.code !== unknownTopic) throw error;
    }
  }
  return found;
}

/** In front: no tagged fields in the header, of which kafkajs writes the older kind. */
function request(names: readonly string[]): Buffer {
  const noId = Buffer.alloc(16);
  const topics = names.flatMap((name) => [noId, compactString(name), nothingTagged]);
  const noAutoCreation = Buffer.of(0);
  const noAuthorizedOperations = Buffer.of(0);
  return Buffer.concat([
    nothingTagged,
    unsigned(names.length + 1),
    ...topics,
    noAutoCreation,
    noAuthorizedOperations,
    nothingTagged,
  ]);
}

interface FoundTopic {
  readonly errorCode: number;
  readonly name: string;
  readonly topicId: string;
  readonly partitions: number;
}

function response(payload: Buffer): FoundTopic[] {
  const reader = new CompactReader(payload);
  reader.tagged();
  reader.skip(4); // throttle time
  reader.array(() => {
    reader.skip(4);
    reader.string();
    reader.skip(4);
    reader.string();
    reader.tagged();
  });
  reader.string(); // cluster id
  reader.skip(4); // controller
  return reader.array(() => {
    const errorCode = reader.int16();
    const name = reader.string();
    const topicId = reader.take(16).toString('base64url');
    reader.skip(1);
    const partitions = reader.array(() => partition(reader)).length;
    reader.skip(4);
    reader.tagged();
    return { errorCode, name, topicId, partitions };
  });
}

function partition(reader: CompactReader): void {
  reader.skip(2 + 4 + 4 + 4);
  for (let list = 0; list < 3; list += 1) reader.array(() => reader.skip(4));
  reader.tagged();
}

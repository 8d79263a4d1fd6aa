// Writes outside of transactions, to all replicas that are in sync; what is sent again because an answer was lost is there once, as long as
// the broker remembers it (`delivery.ts`).
import { initProducerIdV4 } from '@platformatic/kafka';
import type { Offset } from '../../log.ts';
import type { PlacedRecord, Producer } from '../client.ts';
import type { KafkaLimits } from '../settings.ts';
import { failing } from './broker-errors.ts';
import type { Cluster, Lane } from './cluster.ts';
import { SequencedWriter } from './sequenced-writer.ts';
import { produce } from './requests.ts';

/** Asked for, and of no meaning, without a transactional id. */
const UNUSED_TIMEOUT_MS = 60_000;

export async function openProducer(cluster: Cluster, lane: Lane, limits: KafkaLimits): Promise<Producer> {
  const opened = await failing('Opening a producer', () =>
    cluster.askAnyone(initProducerIdV4.api, null, UNUSED_TIMEOUT_MS, -1n, -1),
  );
  const writer = new SequencedWriter({ cluster, lane, limits, api: produce, transactionalId: null });
  writer.begin({ id: opened.producerId, epoch: opened.producerEpoch });
  return {
    send: (records: readonly PlacedRecord[]): Promise<Offset[]> => failing('Appending', () => writer.write(records)),
    close: async () => {},
  };
}

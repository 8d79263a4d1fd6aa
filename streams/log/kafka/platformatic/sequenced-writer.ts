// Writes a producer's records, numbered by partition, as large batches as the brokers take.
import type { API } from '@platformatic/kafka';
import type { Offset } from '../../log.ts';
import type { PlacedRecord } from '../client.ts';
import { piecesOf } from '../pieces.ts';
import { placeKey } from '../../place-key.ts';
import type { KafkaLimits } from '../settings.ts';
import { encodeBatch } from './batch-encoder.ts';
import type { Cluster, Lane } from './cluster.ts';
import { deliver } from './delivery.ts';
import type { ProducedPart, ProducePart } from './requests.ts';

export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

export interface SequencedWriterOptions {
  readonly cluster: Cluster;
  readonly lane: Lane;
  readonly limits: KafkaLimits;
  readonly api: API<[string | null, number, readonly ProducePart[]], ProducedPart[]>;
  readonly transactionalId: string | null;
}

const NOBODY: ProducerIdentity = { id: -1n, epoch: -1 };
/** Sequence numbers are 31 bits. */
const SEQUENCES = 2 ** 31;

export class SequencedWriter {
  readonly #options: SequencedWriterOptions;
  #producer = NOBODY;
  /** By partition: the number of the next record. */
  readonly #sequences = new Map<string, number>();

  constructor(options: SequencedWriterOptions) {
    this.#options = options;
  }

  get producer(): ProducerIdentity {
    return this.#producer;
  }

  /** As this producer from now on: numbers begin anew. */
  begin(producer: ProducerIdentity): void {
    this.#producer = producer;
    this.#sequences.clear();
  }

  /** Answers the offset of each record. After an error the numbers are worth nothing. */
  async write(records: readonly PlacedRecord[]): Promise<Offset[]> {
    await this.#options.cluster.learn(records.map(({ topic }) => topic));
    const offsets: Offset[] = [];
    // Only bytes count: a broker takes one batch per partition and request, of however many records.
    for (const piece of piecesOf(records, { ...this.#options.limits, sendRecords: Infinity }))
      offsets.push(...(await this.#writePiece(piece)));
    return offsets;
  }

  async #writePiece(piece: readonly PlacedRecord[]): Promise<Offset[]> {
    const { cluster, lane, api, transactionalId, limits } = this.#options;
    const parts = [...Map.groupBy(piece, placeKey)];
    const batches = parts.map(([key, records]) => this.#encoded(key, records));
    const untilMs = performance.now() + limits.retryMs;
    const delivered = await deliver(batches, { cluster, lane, api, transactionalId, untilMs });
    const next = new Map<string, Offset>();
    for (const [index, [key]] of parts.entries()) {
      const first = delivered[index];
      if (first instanceof Error) throw first;
      next.set(key, first ?? 0);
    }
    return piece.map((record) => {
      const key = placeKey(record);
      const offset = next.get(key) ?? 0;
      next.set(key, offset + 1);
      return offset;
    });
  }

  #encoded(key: string, records: readonly PlacedRecord[]): ProducePart {
    const { topic, partition } = records[0] as PlacedRecord;
    const sequence = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, (sequence + records.length) % SEQUENCES);
    const isTransactional = this.#options.transactionalId !== null;
    return { topic, partition, batch: encodeBatch(records, { ...this.#producer, sequence, isTransactional }) };
  }
}

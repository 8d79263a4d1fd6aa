// Writes a producer's records, numbered by partition, as large batches as the brokers take.
import type { API } from '@platformatic/kafka';
import type { Offset, TopicOffset } from '../../log.ts';
import type { PlacedRecord } from '../client.ts';
import { piecesOf } from '../pieces.ts';
import { offsetsFrom, topicsOf } from '../places.ts';
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

/** What was sent at once, and where it went. */
interface WrittenPiece {
  readonly piece: readonly PlacedRecord[];
  readonly parts: readonly WrittenPart[];
}

interface WrittenPart {
  readonly first: TopicOffset;
  readonly count: number;
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
    const offsets: Offset[] = [];
    for await (const { piece, parts } of this.#written(records)) {
      const firsts = parts.map(({ first }): [string, Offset] => [placeKey(first), first.offset]);
      offsets.push(...offsetsFrom(firsts, piece));
    }
    return offsets;
  }

  /** As `write`, but answers only where the last record of each partition is. */
  async writeAll(records: readonly PlacedRecord[]): Promise<TopicOffset[]> {
    const last = new Map<string, TopicOffset>();
    for await (const { parts } of this.#written(records)) {
      for (const { first, count } of parts) last.set(placeKey(first), { ...first, offset: first.offset + count - 1 });
    }
    return [...last.values()];
  }

  async *#written(records: readonly PlacedRecord[]): AsyncGenerator<WrittenPiece> {
    const { cluster, lane, api, transactionalId, limits } = this.#options;
    await cluster.learn(topicsOf(records));
    // Only bytes count: a broker takes one batch per partition and request, of however many records.
    for (const piece of piecesOf(records, { ...limits, sendRecords: Infinity })) {
      const byPlace = [...Map.groupBy(piece, placeKey)];
      const batches = byPlace.map(([key, ofPlace]) => this.#encoded(key, ofPlace));
      const untilMs = performance.now() + limits.retryMs;
      const delivered = await deliver(batches, { cluster, lane, api, transactionalId, untilMs });
      const parts = byPlace.map(([, ofPlace], index) => {
        const offset = delivered[index] ?? 0;
        if (offset instanceof Error) throw offset;
        const { topic, partition } = ofPlace[0] as PlacedRecord;
        return { first: { topic, partition, offset }, count: ofPlace.length };
      });
      yield { piece, parts };
    }
  }

  #encoded(key: string, records: readonly PlacedRecord[]): ProducePart {
    const { topic, partition } = records[0] as PlacedRecord;
    const sequence = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, (sequence + records.length) % SEQUENCES);
    const isTransactional = this.#options.transactionalId !== null;
    return { topic, partition, batch: encodeBatch(records, { ...this.#producer, sequence, isTransactional }) };
  }
}

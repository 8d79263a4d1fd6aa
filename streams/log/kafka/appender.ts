// Appends outside transactions: whoever comes while a request is under way, or right after one, shares the next one.
import { setTimeout as sleep } from 'node:timers/promises';
import { Bug, DependencyUnavailable } from '../../errors.ts';
import type { NewRecord, TopicOffset } from '../log.ts';
import type { KafkaClient, PlacedRecord, Producer } from './client.ts';
import { reaching } from './errors.ts';
import { piecesOf } from './pieces.ts';
import type { KafkaLimits } from './settings.ts';
import type { TopicCatalog } from './topic-catalog.ts';

/** From one request to the next: each costs a broker, and those who read, as much for one record as for ten. */
const GATHER_MS = 3;

interface Append {
  readonly records: readonly NewRecord[];
  readonly resolve: (places: TopicOffset[]) => void;
  readonly reject: (error: unknown) => void;
}

export class Appender {
  readonly #client: KafkaClient;
  readonly #catalog: TopicCatalog;
  readonly #limits: KafkaLimits;
  #waiting: Append[] = [];
  #waitingRecords = 0;
  #running: Promise<void> | undefined;
  #producer: Promise<Producer> | undefined;
  #sentAtMs = -Infinity;

  constructor(client: KafkaClient, catalog: TopicCatalog, limits: KafkaLimits) {
    this.#client = client;
    this.#catalog = catalog;
    this.#limits = limits;
  }

  append(records: readonly NewRecord[]): Promise<TopicOffset[]> {
    if (this.#waitingRecords > this.#limits.appendRecordsMax) {
      return Promise.reject(new DependencyUnavailable('kafka', 'More records wait to be appended than may wait.'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      this.#waitingRecords += records.length;
      this.#running ??= this.#run().finally(() => (this.#running = undefined));
    });
  }

  /** Finishes what is under way. */
  async close(): Promise<void> {
    await this.#running;
    await (await this.#producer?.catch(() => undefined))?.close();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // the caller has yet to note that we run
    while (this.#waiting.length > 0) {
      const waitMs = this.#sentAtMs + GATHER_MS - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      this.#sentAtMs = performance.now();
      const placed = await this.#placeAll(this.#take());
      try {
        const places = await reaching(() => this.#send(placed.flatMap(({ records }) => records)));
        for (const { append, records } of placed) append.resolve(places.splice(0, records.length));
      } catch (error) {
        for (const { append } of placed) append.reject(error);
      }
    }
  }

  #take(): Append[] {
    let records = 0;
    const count = this.#waiting.findIndex((append) => (records += append.records.length) >= this.#limits.sendRecords);
    const taken = this.#waiting.splice(0, count === -1 ? this.#waiting.length : count + 1);
    for (const append of taken) this.#waitingRecords -= append.records.length;
    return taken;
  }

  /** Whose records have no place is told so; the others go on. */
  async #placeAll(appends: readonly Append[]): Promise<{ append: Append; records: PlacedRecord[] }[]> {
    const placed: { append: Append; records: PlacedRecord[] }[] = [];
    for (const append of appends) {
      try {
        placed.push({ append, records: await this.#catalog.place(append.records) });
      } catch (error) {
        append.reject(error);
      }
    }
    return placed;
  }

  async #send(records: readonly PlacedRecord[]): Promise<TopicOffset[]> {
    if (records.length === 0) return [];
    this.#producer ??= this.#client.openProducer();
    const opening = this.#producer;
    try {
      const producer = await opening;
      const offsets: number[] = [];
      for (const piece of piecesOf(records, this.#limits)) offsets.push(...(await producer.send(piece)));
      return records.map(({ topic, partition }, index) => ({ topic, partition, offset: known(offsets[index]) }));
    } catch (error) {
      // Its next request could be taken for a repetition of the failed one, and be dropped in silence.
      this.#producer = undefined;
      void opening.then((producer) => producer.close()).catch(() => undefined);
      throw error;
    }
  }
}

function known(offset: number | undefined): number {
  if (offset === undefined) throw new Bug('A record was sent and its offset was not answered.');
  return offset;
}

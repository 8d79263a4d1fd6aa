// What customers would have been served: the stages that run in production, fed one event at a time, without a disk or a clock.
import { stages } from '../../processors/topology.ts';
import { plainInteraction } from '../../schemas/plain-interaction.ts';
import { interactions, items, recommendations } from '../../schemas/topics.ts';
import type { Interaction } from '../../schemas/types.ts';
import { physicalName } from '../../streams/index.ts';
import { BENCH_PREFIX, TestBench } from '../../streams/testing/test-bench.ts';
import { inSeconds } from '../read-lines.ts';
import type { OnlineEvent, OnlineRecommender, OnlineSizes } from './online-algorithms.ts';

interface Served {
  readonly items: Int32Array;
  readonly segment: string;
}

export class ServedLists implements OnlineRecommender {
  readonly #bench = new TestBench({ stages, partitions: 1 });
  readonly #itemNumberOf: (id: string) => number;
  /** By user number. */
  readonly #lists: (Served | undefined)[] = [];
  readonly #users = new Map<string, number>();
  #read = 0;
  #events = 0;
  #latest: Served | undefined;

  /** What is described is so from the beginning. */
  constructor({ itemNumberOf, described = new Map() }: OnlineSizes) {
    this.#itemNumberOf = itemNumberOf;
    for (const [itemId, item] of described) this.#bench.send(items, itemId, item, item.updated_at);
    this.#bench.run();
  }

  /** Lists kept here only: what the stages keep lies in the log and in stores, and is not measured. */
  get bytes(): number {
    return this.#lists.reduce((sum, list) => sum + (list?.items.byteLength ?? 0), 0);
  }

  get slices(): readonly string[] {
    return this.#latest === undefined ? [] : [`segment ${this.#latest.segment}`];
  }

  recommend({ user }: OnlineEvent, history: readonly number[], limit: number): Int32Array {
    this.#latest = this.#lists[user];
    if (this.#latest === undefined) return new Int32Array(0);
    return this.#latest.items.filter((item) => !history.includes(item)).slice(0, limit);
  }

  learn(event: OnlineEvent): void {
    this.#users.set(event.userId, event.user);
    this.#events += 1;
    this.#bench.send(interactions, event.userId, interactionOf(event, this.#events), event.timeMs).run();
    const written = this.#bench.log.records(physicalName(BENCH_PREFIX, recommendations.name), 0);
    for (; this.#read < written.length; this.#read += 1) {
      const { key, value } = written[this.#read] as { key: Buffer | null; value: Buffer | null };
      const user = this.#users.get(key?.toString('utf8') ?? '');
      if (user !== undefined) this.#lists[user] = value === null ? undefined : this.#servedOf(value);
    }
    this.#bench.log.forgetContent();
  }

  repeat(event: OnlineEvent): void {
    this.learn(event);
  }

  #servedOf(value: Buffer): Served {
    const { items: listed, segment } = recommendations.codec.decode(value);
    return { items: Int32Array.from(listed, ({ item_id }) => this.#itemNumberOf(item_id)), segment };
  }
}

function interactionOf(event: OnlineEvent, number: number): Interaction {
  return plainInteraction({ interaction_id: `e${number}`, ...deedOf(event) });
}

/** As the log says; of files, ratings are things consumed, and what has none was bought. */
export function deedOf({ timeMs, userId, rating, itemId, deed }: OnlineEvent) {
  const timestamp = inSeconds(timeMs) * 1000;
  const event_type = deed?.eventType ?? (Number.isFinite(rating) ? 'rating' : 'purchase');
  return { customer_id: userId, timestamp, event_type, item_id: itemId, ...(deed && { channel: deed.channel }) };
}

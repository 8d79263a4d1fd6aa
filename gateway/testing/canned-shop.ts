// A little shop on the fakes, in which something happens at every tick: for the page's test, and to look at the page.
import { interactions, items, profiles, rankings, recommendations, segments } from '../../schemas/topics.ts';
import type { Interaction, Segment } from '../../schemas/types.ts';
import type { GatewayLog } from '../dependencies.ts';
import { aList, anItem, aProfile, aRanking, aSegment, runningSince } from './examples.ts';
import { partitionOf, partitions, runningStatus, type Bench } from './gateway-bench.ts';

const titles = [
  'Copper kettle',
  'Stoneware mug',
  'Cast-iron teapot',
  'Bamboo whisk',
  'Linen napkin',
  'Oak tray',
  'Matcha bowl',
  'Tea caddy',
  'Honey spoon',
  'Glass infuser',
  'Wool blanket',
  'Beeswax candle',
];
const people = ['ada', 'grace', 'linus', 'margaret', 'edsger', 'barbara'];
const deeds = ['view', 'view', 'click', 'add_to_cart', 'view', 'purchase'];

export class CannedShop {
  readonly #bench: Bench;
  readonly #reader: ReturnType<GatewayLog['openReader']>;
  /** By customer. */
  readonly #deeds = new Map<string, number>();
  #ticks = 0;
  #learning: Promise<void> = Promise.resolve();

  constructor(bench: Bench) {
    this.#bench = bench;
    const topic = 'freshet.interactions.v1';
    this.#reader = bench.log.openReader(
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
    );
    titles.forEach((title, index) =>
      bench.serving.put(items, `item-${index}`, anItem({ item_id: `item-${index}`, title })),
    );
    this.#rank();
  }

  /** Somebody does something, and what is known of everybody who did something follows, however it came into the log. */
  async tick(): Promise<void> {
    const tick = this.#ticks;
    this.#ticks += 1;
    const customer_id = people[(tick * 5) % people.length] ?? 'ada';
    const event_type = deeds[tick % deeds.length] ?? 'view';
    const item_id = `item-${(tick * 7) % titles.length}`;
    const body = { customer_id, event_type, item_id, ...(event_type === 'purchase' && { value: 19.9 }) };
    await this.#bench.ask('POST', '/api/v1/interactions', { body });
    await this.learn();
    this.#bench.status = {
      ...runningStatus,
      recordsProcessed: runningSince + this.#bench.log.values(interactions).length,
      freshnessMs: { p50: 6 + (tick % 5), p99: 18 + (tick % 11) * 2 },
    };
  }

  /** One after the other: a later record must not count as known before an earlier one is. */
  learn(): Promise<void> {
    this.#learning = this.#learning.then(() => this.#learnNext());
    return this.#learning;
  }

  async #learnNext(): Promise<void> {
    for (const { partition, records } of await this.#reader.read(0)) {
      for (const { value, offset } of records) {
        if (value !== null) await this.#know(interactions.codec.decode(value), offset);
        this.#bench.serving.reflect(partition, offset);
      }
    }
    this.#rank();
  }

  async #know(deed: Interaction, offset: number): Promise<void> {
    const { customer_id, interaction_id, event_type, timestamp, value } = deed;
    const item_id = deed.item_id ?? '';
    this.#deeds.set(customer_id, (this.#deeds.get(customer_id) ?? 0) + 1);
    const turn = this.#deeds.get(customer_id) ?? 0;
    const orders = Math.floor(turn / 3);
    const segment = orders > 2 ? 'VIP' : orders > 0 ? 'Premium' : 'Standard';
    const { serving } = this.#bench;
    serving.put(
      profiles,
      customer_id,
      aProfile({
        customer_id,
        last_activity: timestamp,
        orders,
        lifetime_value: orders * 19.9,
        recent: [{ interaction_id, item_id, event_type, timestamp, value }],
      }),
    );
    const segmentOf = aSegment({ customer_id, segment, since: timestamp - 60_000 });
    serving.put(segments, customer_id, segmentOf);
    await this.#bench.log.append([segmentRecord(segmentOf)]);
    serving.put(
      recommendations,
      customer_id,
      aList({
        recommendation_id: `r-${customer_id}-${offset}`,
        customer_id,
        timestamp,
        segment,
        partition: partitionOf(Buffer.from(customer_id)),
        position: offset + 1,
        because: [{ interaction_id, item_id, event_type, timestamp }],
        items: titles.slice(0, 8).map((_, index) => ({
          item_id: `item-${(turn + index * 5) % titles.length}`,
          score: 1 - index / 10,
          algorithm: ['session_knn', 'co_visitation', 'bought_together', 'trending'][index % 4] ?? 'affinity',
          because: index % 4 === 3 ? [] : [0],
          propensity: 1,
        })),
      }),
    );
  }

  #rank(): void {
    const ids = titles.map((_, index) => `item-${(index + this.#ticks) % titles.length}`);
    this.#bench.serving.put(rankings, 'trending', aRanking('trending', ...ids));
    this.#bench.serving.put(rankings, 'popular:segment:VIP', aRanking('popular:segment:VIP', ...ids.toReversed()));
  }
}

function segmentRecord(segment: Segment) {
  const key = Buffer.from(segment.customer_id);
  const value = segments.codec.encode(segment);
  return { topic: 'freshet.segments.v1', partition: partitionOf(key), key, value, timestampMs: segment.updated_at };
}

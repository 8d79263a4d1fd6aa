// A little shop on the fakes, in which something happens at every tick: for the page's test, and to look at the page.
import { interactions, items, profiles, rankings, recommendations, segments } from '../../schemas/topics.ts';
import { aList, anItem, aProfile, aRanking, aSegment, runningSince } from './examples.ts';
import { partitionOf, runningStatus, type Bench } from './gateway-bench.ts';

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
  #ticks = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
    titles.forEach((title, index) =>
      bench.serving.put(items, `item-${index}`, anItem({ item_id: `item-${index}`, title })),
    );
    this.#rank();
  }

  /** Somebody does something, and what is known of them follows. */
  async tick(): Promise<void> {
    const tick = this.#ticks;
    this.#ticks += 1;
    const customer_id = people[(tick * 5) % people.length] ?? 'ada';
    const event_type = deeds[tick % deeds.length] ?? 'view';
    const item_id = `item-${(tick * 7) % titles.length}`;
    const body = { customer_id, event_type, item_id, ...(event_type === 'purchase' && { value: 19.9 }) };
    const { json } = await this.#bench.ask('POST', '/api/v1/interactions', { body });
    const [partition = 0, offset = 0] = String(json['position']).split(':').map(Number);
    this.#learn({ customer_id, event_type, item_id, interaction_id: String(json['interaction_id']) }, offset);
    this.#bench.serving.reflect(partition, offset);
    this.#rank();
    this.#bench.status = {
      ...runningStatus,
      recordsProcessed: runningSince + this.#bench.log.values(interactions).length,
      freshnessMs: { p50: 6 + (tick % 5), p99: 18 + (tick % 11) * 2 },
    };
  }

  #learn(
    deed: { customer_id: string; event_type: string; item_id: string; interaction_id: string },
    offset: number,
  ): void {
    const { customer_id } = deed;
    const timestamp = this.#bench.time;
    const orders = Math.floor(this.#ticks / 12);
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
        recent: [{ ...deed, timestamp, value: null }],
      }),
    );
    serving.put(segments, customer_id, aSegment({ customer_id, segment, since: timestamp - 60_000 }));
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
        because: [{ ...deed, timestamp }],
        items: titles.slice(0, 8).map((_, index) => ({
          item_id: `item-${(this.#ticks + index * 5) % titles.length}`,
          score: 1 - index / 10,
          algorithm: ['session_knn', 'co_visitation', 'bought_together', 'trending'][index % 4] ?? 'affinity',
          because: index % 4 === 3 ? [] : [0],
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

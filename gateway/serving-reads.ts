// Reads the serving store's bytes as what they are.
import * as topics from '../schemas/topics.ts';
import type { Erasure, Item, ItemFeatures, Profile, Ranking, Recommendations, Segment } from '../schemas/types.ts';
import { whenThere, type MaybePromise, type ServingStore } from '../serving/serving-store.ts';
import { DecodedOnce } from './decoded-once.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { KnownItems, type WatchedItems } from './known-items.ts';
import type { Position, PositionTopic } from './position.ts';

/** Of the customers who come back soonest. */
const listsCachedMax = 2_000;
const rankingsCachedMax = 200;

/** Who says how far the answers reflect a topic: the stage whose tables they are made from, or the sink that copies the topic. */
const reflectedBy = {
  interactions: 'customers',
  customers: 'customers',
  items: 'serve',
} as const satisfies Record<PositionTopic, string>;

export type ReadableStore = Pick<ServingStore, 'get' | 'getMany' | 'waitForProgress'>;

export class ServingReads {
  readonly #store: ReadableStore;
  readonly #physicalName: (logicalName: string) => string;
  readonly #lists = new DecodedOnce(topics.recommendations.codec, { max: listsCachedMax, from: 'second' });
  readonly #rankings = new DecodedOnce(topics.rankings.codec, { max: rankingsCachedMax, from: 'first' });
  readonly #items: KnownItems;

  constructor({ serving, clock, physicalName }: Pick<GatewayDependencies, 'serving' | 'clock' | 'physicalName'>) {
    this.#store = serving;
    this.#items = new KnownItems({ serving, clock });
    this.#physicalName = physicalName;
  }

  profile(customerId: string): MaybePromise<Profile | undefined> {
    return this.#read(topics.profiles, customerId);
  }

  /** Whether and when the customer was deleted. */
  erasure(customerId: string): MaybePromise<Erasure | undefined> {
    return this.#read(topics.erasures, customerId);
  }

  /** undefined: there is no profile. */
  consent(customerId: string): MaybePromise<boolean | undefined> {
    const found = this.#store.get(topics.profiles.name, customerId);
    const consentOf = (bytes: Buffer | null) =>
      bytes === null ? undefined : topics.profileConsent.decode(bytes).consent;
    return whenThere(found, consentOf);
  }

  segment(customerId: string): MaybePromise<Segment | undefined> {
    return this.#read(topics.segments, customerId);
  }

  recommendations(customerId: string): MaybePromise<Recommendations | undefined> {
    const found = this.#store.get(topics.recommendations.name, customerId, this.#lists.bytesOf(customerId));
    return whenThere(found, (bytes) => this.#lists.decoded(customerId, bytes));
  }

  /** Whether the same list is answered by the same object from now on. */
  isKept(list: Recommendations): boolean {
    return this.#lists.isKept(list.customer_id, list);
  }

  itemFeatures(itemId: string): MaybePromise<ItemFeatures | undefined> {
    return this.#read(topics.itemFeatures, itemId);
  }

  /** In the order of the ids. */
  async itemFeaturesOf(itemIds: readonly string[]): Promise<readonly (ItemFeatures | undefined)[]> {
    const { name, codec } = topics.itemFeatures;
    const found = await this.#store.getMany(itemIds.map((key) => ({ collection: name, key })));
    return found.map((bytes) => (bytes === null ? undefined : codec.decode(bytes)));
  }

  /** Of the whole shop, counted by each of the `partitions` of the items. */
  async basketsOfShop(partitions: number): Promise<number> {
    const { name, codec } = topics.basketTotals;
    const parts = Array.from({ length: partitions }, (_, part) => ({ collection: name, key: String(part) }));
    const found = await this.#store.getMany(parts);
    return found.reduce((sum, bytes) => sum + (bytes === null ? 0 : codec.decode(bytes).baskets), 0);
  }

  /** Those that there are, in the order of the names. */
  rankings(lists: readonly string[]): MaybePromise<Ranking[]> {
    const { name: collection } = topics.rankings;
    const found = this.#store.getMany(
      lists.map((key) => ({ collection, key, known: this.#rankings.bytesOf(key) ?? null })),
    );
    return whenThere(found, (all) =>
      lists.flatMap((key, index) => this.#rankings.decoded(key, all[index] ?? null) ?? []),
    );
  }

  /** The latest there is, for who wants to see a change at once. */
  item(itemId: string): MaybePromise<Item | undefined> {
    return this.#read(topics.items, itemId);
  }

  /** In the order of the ids, at most a moment old. */
  items(itemIds: readonly string[]): MaybePromise<readonly (Item | undefined)[]> {
    return this.#items.items(itemIds);
  }

  /** Answers a function, as titles are needed in the midst of sentences. */
  titles(itemIds: readonly string[]): MaybePromise<(itemId: string) => string | null> {
    const ids = [...new Set(itemIds)];
    const titlesOf = (items: readonly (Item | undefined)[]) => {
      const titles = new Map(ids.map((id, index) => [id, items[index]?.title ?? null]));
      return (itemId: string) => titles.get(itemId) ?? null;
    };
    const items = this.items(ids);
    return whenThere(items, titlesOf);
  }

  watchedItems(itemIds: readonly string[]): MaybePromise<WatchedItems> {
    return this.#items.watched(itemIds);
  }

  /** Whether what is read reflects the record at this place, within `waitMs`; 0 does not wait. */
  waitForProgress({ topic, partition, offset }: Position, waitMs: number): Promise<boolean> {
    const stage = reflectedBy[topic];
    return this.#store.waitForProgress({ stage, topic: this.#physicalName(topic), partition, offset }, waitMs);
  }

  #read<V>(topic: { name: string; codec: { decode(bytes: Buffer): V } }, key: string): MaybePromise<V | undefined> {
    return whenThere(this.#store.get(topic.name, key), (bytes) =>
      bytes === null ? undefined : topic.codec.decode(bytes),
    );
  }
}

// Reads the serving store's bytes as what they are.
import { LRUCache } from 'lru-cache';
import * as topics from '../schemas/topics.ts';
import type { Erasure, Item, ItemFeatures, Profile, Ranking, Recommendations, Segment } from '../schemas/types.ts';
import { whenThere, type MaybePromise, type ServingStore } from '../serving/serving-store.ts';
import { DecodedOnce } from './decoded-once.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { KnownValues, type Watched } from './known-values.ts';
import type { Position, PositionTopic } from './position.ts';

/** Of the customers who come back soonest. */
const listsCachedMax = 2_000;
const listlessMax = 2_000;
/** Those that there are not count too. */
const rankingsKnownMax = 1_000;
const itemsKnownMax = 20_000;

/** Who says how far the answers reflect a topic: the stage whose tables they are made from, or the sink that copies the topic. */
const reflectedBy = {
  interactions: 'customers',
  customers: 'customers',
  items: 'serve',
} as const satisfies Record<PositionTopic, string>;

/** A list; or, without one, what is known of the customer. */
export interface Offer {
  readonly list?: Recommendations;
  readonly profile?: Profile;
  readonly segment?: Segment;
}

export type ReadableStore = Pick<ServingStore, 'get' | 'getMany' | 'waitForProgress'>;

export class ServingReads {
  readonly #store: ReadableStore;
  readonly #physicalName: (logicalName: string) => string;
  readonly #lists = new DecodedOnce(topics.recommendations.codec, { max: listsCachedMax });
  /** Customers who had no list when they were last asked for. */
  readonly #listless = new LRUCache<string, true>({ max: listlessMax });
  readonly #rankings: KnownValues<Ranking>;
  readonly #items: KnownValues<Item>;

  constructor({ serving, clock, physicalName }: Pick<GatewayDependencies, 'serving' | 'clock' | 'physicalName'>) {
    this.#store = serving;
    this.#items = new KnownValues({ serving, clock }, { topic: topics.items, max: itemsKnownMax });
    this.#rankings = new KnownValues({ serving, clock }, { topic: topics.rankings, max: rankingsKnownMax });
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

  /** The customer's list; without one, what is known of them. Both are read at once if there was none the last time. */
  offer(customerId: string): MaybePromise<Offer> {
    if (!this.#listless.has(customerId))
      return whenThere(this.recommendations(customerId), (list) =>
        list === undefined ? this.#standing(customerId) : { list },
      );
    const { recommendations, profiles, segments } = topics;
    const found = this.#many(customerId, [recommendations, profiles, segments]);
    return whenThere(found, ([list = null, profile = null, segment = null]) => {
      if (list === null) return decodedStanding(profile, segment);
      this.#listless.delete(customerId);
      return { list: topics.recommendations.codec.decode(list) };
    });
  }

  #standing(customerId: string): MaybePromise<Offer> {
    this.#listless.set(customerId, true);
    const found = this.#many(customerId, [topics.profiles, topics.segments]);
    return whenThere(found, ([profile = null, segment = null]) => decodedStanding(profile, segment));
  }

  #many(key: string, collections: readonly { readonly name: string }[]): MaybePromise<(Buffer | null)[]> {
    return this.#store.getMany(collections.map(({ name }) => ({ collection: name, key })));
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

  /** Those that there are, in the order of the names: the latest, for who asks for rankings themselves. */
  rankings(lists: readonly string[]): MaybePromise<Ranking[]> {
    const { name: collection, codec } = topics.rankings;
    return whenThere(this.#store.getMany(lists.map((key) => ({ collection, key }))), (all) =>
      all.flatMap((bytes) => (bytes === null ? [] : [codec.decode(bytes)])),
    );
  }

  /** The same, at most a moment old, for lists that are filled up from them. */
  knownRankings(lists: readonly string[]): MaybePromise<Ranking[]> {
    return whenThere(this.#rankings.values(lists), (all) => all.filter((each) => each !== undefined));
  }

  /** The latest there is, for who wants to see a change at once. */
  item(itemId: string): MaybePromise<Item | undefined> {
    return this.#read(topics.items, itemId);
  }

  /** In the order of the ids, at most a moment old. */
  items(itemIds: readonly string[]): MaybePromise<readonly (Item | undefined)[]> {
    return this.#items.values(itemIds);
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

  watchedItems(itemIds: readonly string[]): MaybePromise<Watched<Item>> {
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

function decodedStanding(profile: Buffer | null, segment: Buffer | null): Offer {
  return {
    ...(profile !== null && { profile: topics.profiles.codec.decode(profile) }),
    ...(segment !== null && { segment: topics.segments.codec.decode(segment) }),
  };
}

// Reads the serving store's bytes as what they are.
import { LRUCache } from 'lru-cache';
import * as topics from '../schemas/topics.ts';
import type { Erasure, Item, ItemFeatures, Profile, Ranking, Recommendations, Segment } from '../schemas/types.ts';
import type { MaybePromise, ServingStore } from '../serving/serving-store.ts';
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
  readonly #lists = new LRUCache<string, Decoded<Recommendations>>({ max: listsCachedMax });
  readonly #rankings = new LRUCache<string, Decoded<Ranking>>({ max: rankingsCachedMax });
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
    return found instanceof Promise ? found.then(consentOf) : consentOf(found);
  }

  segment(customerId: string): MaybePromise<Segment | undefined> {
    return this.#read(topics.segments, customerId);
  }

  recommendations(customerId: string): MaybePromise<Recommendations | undefined> {
    const { name, codec } = topics.recommendations;
    const found = this.#store.get(name, customerId);
    const decoded = (bytes: Buffer | null) => decodedOnce(this.#lists, customerId, bytes, codec);
    return found instanceof Promise ? found.then(decoded) : decoded(found);
  }

  itemFeatures(itemId: string): MaybePromise<ItemFeatures | undefined> {
    return this.#read(topics.itemFeatures, itemId);
  }

  /** Those that there are, in the order of the names. */
  async rankings(lists: readonly string[]): Promise<Ranking[]> {
    const { name, codec } = topics.rankings;
    const found = await this.#store.getMany(lists.map((key) => ({ collection: name, key })));
    return lists.flatMap((key, index) => decodedOnce(this.#rankings, key, found[index] ?? null, codec) ?? []);
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
    return items instanceof Promise ? items.then(titlesOf) : titlesOf(items);
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
    const found = this.#store.get(topic.name, key);
    const decoded = (bytes: Buffer | null) => (bytes === null ? undefined : topic.codec.decode(bytes));
    return found instanceof Promise ? found.then(decoded) : decoded(found);
  }
}

interface Decoded<V> {
  readonly bytes: Buffer;
  readonly value: V;
}

/** The same object for as long as the bytes are the same: to decode costs more than to compare. */
function decodedOnce<V>(
  cache: LRUCache<string, Decoded<V>>,
  key: string,
  bytes: Buffer | null,
  codec: { decode(bytes: Buffer): V },
): V | undefined {
  if (bytes === null) {
    cache.delete(key); // nothing of who was deleted stays in memory
    return undefined;
  }
  const known = cache.get(key);
  if (known !== undefined && known.bytes.equals(bytes)) return known.value;
  const value = codec.decode(bytes);
  cache.set(key, { bytes, value });
  return value;
}

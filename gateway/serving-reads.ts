// Reads the serving store's bytes as what they are. Items are asked for most, twenty at a time and the same ones by everybody:
// they are kept decoded for a moment.
import { LRUCache } from 'lru-cache';
import * as topics from '../schemas/topics.ts';
import type { Erasure, Item, ItemFeatures, Profile, Ranking, Recommendations, Segment } from '../schemas/types.ts';
import type { MaybePromise, ServingStore } from '../serving/serving-store.ts';
import type { GatewayClock, GatewayDependencies } from './dependencies.ts';
import type { Position, PositionTopic } from './position.ts';

/** What an item's withdrawal may take to show, beside the time that its change needs to arrive in the serving store. */
const itemAgeMsMax = 250;
const itemsCachedMax = 20_000;
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

/** What the catalogue said of an item the last time; `item` stays the same object for as long as that did not change. */
interface ReadItem {
  bytes: Buffer | null;
  item: Item | undefined;
  readAtMs: number;
}

/** Whether what was read of some items still holds, at most a moment ago. */
export type StillSo = (nowMs: number) => boolean;

export class ServingReads {
  readonly #store: ReadableStore;
  readonly #clock: GatewayClock;
  readonly #physicalName: (logicalName: string) => string;
  readonly #lists = new LRUCache<string, Decoded<Recommendations>>({ max: listsCachedMax });
  readonly #rankings = new LRUCache<string, Decoded<Ranking>>({ max: rankingsCachedMax });
  readonly #items = new LRUCache<string, ReadItem>({ max: itemsCachedMax });

  constructor({ serving, clock, physicalName }: Pick<GatewayDependencies, 'serving' | 'clock' | 'physicalName'>) {
    this.#store = serving;
    this.#clock = clock;
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
    const nowMs = this.#clock.nowMs();
    const missing = itemIds.filter((id) => !isFresh(this.#items.get(id), nowMs));
    const loading = missing.length === 0 ? undefined : this.#load(missing, nowMs);
    const read = () => itemIds.map((id) => this.#items.get(id)?.item);
    return loading instanceof Promise ? loading.then(read) : read();
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

  /**
   * For who keeps what was made of these items, which were just read. It answers false, too, where the store does not answer at once:
   * it is asked in order to save work, not to wait.
   */
  stillSo(itemIds: readonly string[]): StillSo {
    const known = itemIds.map((id) => this.#items.get(id));
    const items = known.map((each) => each?.item);
    return (nowMs) => {
      if (known.every((each) => isFresh(each, nowMs))) return known.every((each, index) => each?.item === items[index]);
      const read = this.items(itemIds);
      if (read instanceof Promise) return false;
      itemIds.forEach((id, index) => (known[index] = this.#items.get(id)));
      return read.every((item, index) => item === items[index]);
    };
  }

  /** Whether what is read reflects the record at this place, within `waitMs`; 0 does not wait. */
  waitForProgress({ topic, partition, offset }: Position, waitMs: number): Promise<boolean> {
    const stage = reflectedBy[topic];
    return this.#store.waitForProgress({ stage, topic: this.#physicalName(topic), partition, offset }, waitMs);
  }

  #load(itemIds: readonly string[], readAtMs: number): MaybePromise<void> {
    const found = this.#store.getMany(itemIds.map((key) => ({ collection: topics.items.name, key })));
    const take = (all: readonly (Buffer | null)[]) =>
      itemIds.forEach((id, index) => this.#takeItem(id, all[index] ?? null, readAtMs));
    return found instanceof Promise ? found.then(take) : take(found);
  }

  #takeItem(id: string, bytes: Buffer | null, readAtMs: number): void {
    const known = this.#items.get(id);
    const isSame = known !== undefined && (bytes === null ? known.bytes === null : known.bytes?.equals(bytes) === true);
    if (isSame) known.readAtMs = readAtMs;
    else {
      const item = bytes === null ? undefined : topics.items.codec.decode(bytes);
      if (known === undefined) this.#items.set(id, { bytes, item, readAtMs });
      else Object.assign(known, { bytes, item, readAtMs });
    }
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

function isFresh(read: ReadItem | undefined, nowMs: number): boolean {
  return read !== undefined && nowMs - read.readAtMs <= itemAgeMsMax && nowMs >= read.readAtMs;
}

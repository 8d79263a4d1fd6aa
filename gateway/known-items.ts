// What the catalogue says of items. They are asked for most, twenty at a time and the same ones by everybody: they are kept decoded for
// a moment, and kept as the same object for as long as nothing about them changes.
import { LRUCache } from 'lru-cache';
import { items as topic } from '../schemas/topics.ts';
import type { Item } from '../schemas/types.ts';
import type { MaybePromise } from '../serving/serving-store.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { areSame, keepable } from './kept-bytes.ts';

/** What an item's withdrawal may take to show, beside the time that its change needs to arrive in the serving store. */
const itemAgeMsMax = 250;
/** From this age on an item that somebody asks for is read again beside, where reading means waiting: so hardly anybody has to. */
const readAheadMs = 150;
const itemsMax = 20_000;

/** Items as they were read for who keeps what they made of them. */
export interface WatchedItems {
  /** In the order of the ids. */
  readonly items: readonly (Item | undefined)[];
  /**
   * Whether all of them are still the same, as read at most a moment ago. A promise where a store has to be waited for; it fails when
   * that is away.
   */
  readonly areStillSo: (nowMs: number) => MaybePromise<boolean>;
}

interface KnownItem {
  readonly id: string;
  /** null: there is none. */
  bytes: Buffer | null;
  item: Item | undefined;
  readAtMs: number;
  /** While it is being read again. */
  reading: Promise<void> | undefined;
}

export class KnownItems {
  readonly #store: Pick<GatewayDependencies['serving'], 'getMany'>;
  readonly #clock: GatewayDependencies['clock'];
  readonly #items = new LRUCache<string, KnownItem>({ max: itemsMax });
  /** Whether the store answers later, as one on a server does. */
  #isWaitedFor = false;
  /** How often an item turned out to have changed. */
  #changes = 0;

  constructor({ serving, clock }: Pick<GatewayDependencies, 'serving' | 'clock'>) {
    this.#store = serving;
    this.#clock = clock;
  }

  /** In the order of the ids, at most a moment old. */
  items(itemIds: readonly string[]): MaybePromise<readonly (Item | undefined)[]> {
    const known = itemIds.map((id) => this.#knownOf(id));
    const renewing = this.#renewed(known, this.#clock.nowMs());
    return renewing === undefined ? known.map(itemOf) : renewing.then(() => known.map(itemOf));
  }

  watched(itemIds: readonly string[]): MaybePromise<WatchedItems> {
    const known = itemIds.map((id) => this.#knownOf(id));
    const renewing = this.#renewed(known, this.#clock.nowMs());
    return renewing === undefined ? this.#watchedFrom(known) : renewing.then(() => this.#watchedFrom(known));
  }

  #watchedFrom(known: readonly KnownItem[]): WatchedItems {
    const items = known.map(itemOf);
    // While no item has changed and all were read lately, there is nothing to look at: most lists are asked for far more often.
    let looked = { changes: NaN, fromMs: Infinity, untilMs: -Infinity };
    return {
      items,
      areStillSo: (nowMs) => {
        if (looked.changes === this.#changes && nowMs >= looked.fromMs && nowMs < looked.untilMs) return true;
        const renewing = this.#renewed(known, nowMs);
        if (renewing !== undefined) return renewing.then(() => areStill(known, items));
        const are = areStill(known, items);
        const readAtMs = nowMs - oldestMs(known, nowMs);
        const untilMs = readAtMs + (this.#isWaitedFor ? readAheadMs : itemAgeMsMax);
        looked = { changes: are ? this.#changes : NaN, fromMs: nowMs, untilMs };
        return are;
      },
    };
  }

  #knownOf(id: string): KnownItem {
    let known = this.#items.get(id);
    if (known === undefined)
      this.#items.set(id, (known = { id, bytes: null, item: undefined, readAtMs: -Infinity, reading: undefined }));
    return known;
  }

  /** Reads again those that are too old. undefined: none is any more. */
  #renewed(known: readonly KnownItem[], nowMs: number): Promise<void> | undefined {
    const ageMs = oldestMs(known, nowMs);
    if (ageMs > itemAgeMsMax) return this.#read(olderThan(itemAgeMsMax, known, nowMs), nowMs);
    if (this.#isWaitedFor && ageMs > readAheadMs) this.#beginToRead(olderThan(readAheadMs, known, nowMs), nowMs);
    return undefined;
  }

  #read(known: readonly KnownItem[], nowMs: number): Promise<void> | undefined {
    this.#beginToRead(known, nowMs);
    const readings = new Set(known.flatMap(({ reading }) => (reading === undefined ? [] : [reading])));
    return readings.size === 0 ? undefined : Promise.all(readings).then(() => undefined);
  }

  /** But for those that are on their way already. */
  #beginToRead(known: readonly KnownItem[], nowMs: number): void {
    const unasked = known.filter(({ reading }) => reading === undefined);
    if (unasked.length === 0) return;
    const found = this.#store.getMany(
      unasked.map(({ id, bytes }) => ({ collection: topic.name, key: id, known: bytes })),
    );
    if (!(found instanceof Promise)) return this.#take(unasked, found, nowMs);
    this.#isWaitedFor = true;
    const reading = found
      .then((all) => this.#take(unasked, all, nowMs))
      .finally(() => {
        for (const each of unasked) each.reading = undefined;
      });
    for (const each of unasked) each.reading = reading;
    reading.catch(() => undefined); // who waits for them is told; for others there was no need to hurry
  }

  #take(known: readonly KnownItem[], found: readonly (Buffer | null)[], readAtMs: number): void {
    known.forEach((each, index) => {
      const bytes = found[index] ?? null;
      if (!areSame(each.bytes, bytes)) {
        each.item = bytes === null ? undefined : topic.codec.decode(bytes);
        each.bytes = bytes === null ? null : keepable(bytes);
        this.#changes += 1;
      }
      each.readAtMs = readAtMs;
    });
  }
}

/** A plain loop: every list that is answered comes by here with all of its items. */
function oldestMs(known: readonly KnownItem[], nowMs: number): number {
  let oldest = 0;
  for (const each of known) oldest = Math.max(oldest, ageOf(each, nowMs));
  return oldest;
}

function olderThan(ms: number, known: readonly KnownItem[], nowMs: number): KnownItem[] {
  return known.filter((each) => ageOf(each, nowMs) > ms);
}

/** What was read in the future was read before the clock was set back, nobody knows how long ago. */
function ageOf({ readAtMs }: KnownItem, nowMs: number): number {
  return readAtMs > nowMs ? Infinity : nowMs - readAtMs;
}

function itemOf({ item }: KnownItem): Item | undefined {
  return item;
}

function areStill(known: readonly KnownItem[], items: readonly (Item | undefined)[]): boolean {
  for (let index = 0; index < known.length; index += 1) if (known[index]?.item !== items[index]) return false;
  return true;
}

// What the serving store holds under keys that everybody asks for: items, twenty at a time, and rankings. They are kept decoded for a
// moment, and kept as the same object for as long as nothing about them changes.
import { LRUCache } from 'lru-cache';
import type { MaybePromise } from '../serving/serving-store.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { areSame, keepable } from './kept-bytes.ts';

/** What a change may take to show, beside the time that it needs to arrive in the serving store. */
const ageMsMax = 250;
/** From this age on a value that somebody asks for is read again beside, where reading means waiting: so hardly anybody has to. */
const readAheadMs = 150;

/** Values as they were read for who keeps what they made of them. */
export interface Watched<V> {
  /** In the order of the keys. */
  readonly values: readonly (V | undefined)[];
  /**
   * Whether all of them are still the same, as read at most a moment ago. A promise where a store has to be waited for; it fails when
   * that is away.
   */
  readonly areStillSo: (nowMs: number) => MaybePromise<boolean>;
}

interface Known<V> {
  readonly key: string;
  /** null: there is none. */
  bytes: Buffer | null;
  value: V | undefined;
  readAtMs: number;
  /** While it is being read again. */
  reading: Promise<void> | undefined;
}

/** Of which topic, and how many of them: those that are asked for the most. */
interface Keeping<V> {
  readonly topic: { readonly name: string; readonly codec: { decode(bytes: Buffer): V } };
  readonly max: number;
}

export class KnownValues<V extends object> {
  readonly #store: Pick<GatewayDependencies['serving'], 'getMany'>;
  readonly #clock: GatewayDependencies['clock'];
  readonly #topic: Keeping<V>['topic'];
  readonly #known: LRUCache<string, Known<V>>;
  /** Whether the store answers later, as one on a server does. */
  #isWaitedFor = false;
  /** How often a value turned out to have changed. */
  #changes = 0;

  constructor({ serving, clock }: Pick<GatewayDependencies, 'serving' | 'clock'>, { topic, max }: Keeping<V>) {
    this.#store = serving;
    this.#clock = clock;
    this.#topic = topic;
    this.#known = new LRUCache({ max });
  }

  /** In the order of the keys, at most a moment old. */
  values(keys: readonly string[]): MaybePromise<readonly (V | undefined)[]> {
    const known = keys.map((key) => this.#knownOf(key));
    const renewing = this.#renewed(known, this.#clock.nowMs());
    return renewing === undefined ? known.map(valueOf) : renewing.then(() => known.map(valueOf));
  }

  watched(keys: readonly string[]): MaybePromise<Watched<V>> {
    const known = keys.map((key) => this.#knownOf(key));
    const renewing = this.#renewed(known, this.#clock.nowMs());
    return renewing === undefined ? this.#watchedFrom(known) : renewing.then(() => this.#watchedFrom(known));
  }

  #watchedFrom(known: readonly Known<V>[]): Watched<V> {
    const values = known.map(valueOf);
    // While none has changed and all were read lately, there is nothing to look at: most lists are asked for far more often.
    let looked = { changes: NaN, fromMs: Infinity, untilMs: -Infinity };
    return {
      values,
      areStillSo: (nowMs) => {
        if (looked.changes === this.#changes && nowMs >= looked.fromMs && nowMs < looked.untilMs) return true;
        const renewing = this.#renewed(known, nowMs);
        if (renewing !== undefined) return renewing.then(() => areStill(known, values));
        const are = areStill(known, values);
        const readAtMs = nowMs - oldestMs(known, nowMs);
        const untilMs = readAtMs + (this.#isWaitedFor ? readAheadMs : ageMsMax);
        looked = { changes: are ? this.#changes : NaN, fromMs: nowMs, untilMs };
        return are;
      },
    };
  }

  #knownOf(key: string): Known<V> {
    let known = this.#known.get(key);
    if (known === undefined)
      this.#known.set(key, (known = { key, bytes: null, value: undefined, readAtMs: -Infinity, reading: undefined }));
    return known;
  }

  /** Reads again those that are too old. undefined: none is any more. */
  #renewed(known: readonly Known<V>[], nowMs: number): Promise<void> | undefined {
    const ageMs = oldestMs(known, nowMs);
    if (ageMs > ageMsMax) return this.#read(olderThan(ageMsMax, known, nowMs), nowMs);
    if (this.#isWaitedFor && ageMs > readAheadMs) this.#beginToRead(olderThan(readAheadMs, known, nowMs), nowMs);
    return undefined;
  }

  #read(known: readonly Known<V>[], nowMs: number): Promise<void> | undefined {
    this.#beginToRead(known, nowMs);
    const readings = new Set(known.flatMap(({ reading }) => (reading === undefined ? [] : [reading])));
    return readings.size === 0 ? undefined : Promise.all(readings).then(() => undefined);
  }

  /** But for those that are on their way already. */
  #beginToRead(known: readonly Known<V>[], nowMs: number): void {
    const unasked = known.filter(({ reading }) => reading === undefined);
    if (unasked.length === 0) return;
    const found = this.#store.getMany(
      unasked.map(({ key, bytes }) => ({ collection: this.#topic.name, key, known: bytes })),
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

  #take(known: readonly Known<V>[], found: readonly (Buffer | null)[], readAtMs: number): void {
    known.forEach((each, index) => {
      const bytes = found[index] ?? null;
      if (!areSame(each.bytes, bytes)) {
        each.value = bytes === null ? undefined : this.#topic.codec.decode(bytes);
        each.bytes = bytes === null ? null : keepable(bytes);
        this.#changes += 1;
      }
      each.readAtMs = readAtMs;
    });
  }
}

/** A plain loop: every list that is answered comes by here with all of its items. */
function oldestMs(known: readonly Known<unknown>[], nowMs: number): number {
  let oldest = 0;
  for (const each of known) oldest = Math.max(oldest, ageOf(each, nowMs));
  return oldest;
}

function olderThan<V>(ms: number, known: readonly Known<V>[], nowMs: number): Known<V>[] {
  return known.filter((each) => ageOf(each, nowMs) > ms);
}

/** What was read in the future was read before the clock was set back, nobody knows how long ago. */
function ageOf({ readAtMs }: Known<unknown>, nowMs: number): number {
  return readAtMs > nowMs ? Infinity : nowMs - readAtMs;
}

function valueOf<V>({ value }: Known<V>): V | undefined {
  return value;
}

function areStill<V>(known: readonly Known<V>[], values: readonly (V | undefined)[]): boolean {
  for (let index = 0; index < known.length; index += 1) if (known[index]?.value !== values[index]) return false;
  return true;
}

// The serving store on Redis: one server, one behind Sentinel, or a Cluster. Gateways on other machines read it, and need nothing else.
import { type Clock, wallClock } from '../../streams/clock.ts';
import { DependencyUnavailable, StateUnusable } from '../../streams/errors.ts';
import type { Offset, TopicOffset } from '../../streams/log/log.ts';
import { isStorable } from '../../streams/store/stored-key.ts';
import { GroupedWrites, type GroupedWritesOptions } from '../grouped-writes.ts';
import type { ProgressBoardOptions } from '../progress-board.ts';
import type {
  ServingBatch,
  ServingHealth,
  ServingKey,
  ServingStore,
  StageInput,
  StageOffset,
} from '../serving-store.ts';
import { connectRedis } from './connect.ts';
import { beginning, isWorthRebuilding, lookAt, type KnownEvictions, type ServerMemory } from './evictions.ts';
import { FollowedProgress } from './followed-progress.ts';
import { keysOf, sourceOf, type Bucket, type Keys } from './keys.ts';
import { isProgressLost, Losses } from './losses.ts';
import { DEPENDENCY, RedisData } from './redis-data.ts';
import { CONNECT_TIMEOUT_MS, type RedisServingOptions } from './redis-options.ts';
import { splitWrites, type Piece } from './split-writes.ts';

export interface RedisServingStoreOptions extends ProgressBoardOptions, GroupedWritesOptions {
  /** How often it is asked whether all is still there. @default 1_000 */
  readonly checkEveryMs?: number;
}

const CHECK_EVERY_MS = 1_000;
const HEALTH_MS_MAX = 900;

/**
 * Opens the serving store. When Redis is away it opens as well: until it is there everything is refused with DependencyUnavailable.
 *
 * @throws Misconfigured when an address is none.
 */
export async function openRedisServingStore(
  connection: RedisServingOptions,
  options: RedisServingStoreOptions = {},
): Promise<RedisServingStore> {
  const keys = keysOf(connection.prefix, connection.isCluster === true);
  const data = new RedisData(connectRedis(connection), keys);
  await data.ready(connection.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const store = new RedisServingStore(data, keys, options);
  await store.check();
  return store;
}

export class RedisServingStore implements ServingStore {
  readonly #data: RedisData;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #writes: GroupedWrites;
  readonly #progress: FollowedProgress;
  readonly #losses: Losses;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  /** Looks at the whole store come one after the other: an old answer would seem to be a loss. */
  #looking: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | null = null;
  #evictions: KnownEvictions = beginning([]);

  constructor(data: RedisData, keys: Keys, options: RedisServingStoreOptions) {
    this.#data = data;
    this.#keys = keys;
    this.#clock = options.clock ?? wallClock;
    this.#writes = new GroupedWrites((batches, progress) => this.#apply(batches, progress), options);
    this.#progress = new FollowedProgress(() => this.#askProgress(), { ...options, clock: this.#clock });
    this.#losses = new Losses(this.#progress.board, this.#clock);
    data.subscribe(
      (progress) => this.#progress.board.advance(progress),
      () => void this.#askProgress().catch(() => undefined), // the next check asks again
    );
    this.#watching = this.#watch(options.checkEveryMs ?? CHECK_EVERY_MS);
  }

  async write(batches: readonly ServingBatch[], progress: readonly StageOffset[] = []): Promise<void> {
    await this.#writes.write(batches, progress);
  }

  async positions(): Promise<TopicOffset[]> {
    this.#refuseClosed();
    return Array.from(await this.#data.positions(), ([source, offset]) => ({ ...sourceOf(source), offset }));
  }

  onLost(listener: () => void): () => void {
    return this.#losses.follow(listener);
  }

  async reset(): Promise<void> {
    this.#refuseClosed();
    const empty = async (): Promise<void> => {
      await this.#data.empty();
      await this.#keepEvictions(beginning(await this.#data.servers()));
      this.#losses.forget();
    };
    await this.#writes.alone(() => this.#alone(empty));
  }

  /** Without `async`, as every read of a list comes through here and each turn of a promise costs a microsecond. */
  get(collection: string, key: string): Promise<Buffer | null> {
    if (this.#closing.signal.aborted) return Promise.reject(closedStore());
    if (!isStorable(key)) return Promise.resolve(null);
    return this.#data
      .value(this.#keys.entry(collection, key))
      .then((value) => value ?? this.#confirmMissing([{ collection, key }], value === null).then(() => null));
  }

  async getMany(keys: readonly ServingKey[]): Promise<(Buffer | null)[]> {
    this.#refuseClosed();
    const storable = keys.filter(({ key }) => isStorable(key));
    if (storable.length < keys.length) return this.#withNulls(keys, await this.getMany(storable));
    const values = await this.#data.values(keys.map(({ collection, key }) => this.#keys.entry(collection, key)));
    if (values.every((value) => value !== null && value !== undefined)) return values;
    const missing = keys.filter((_, at) => (values[at] ?? null) === null);
    await this.#confirmMissing(missing, !values.includes(undefined));
    return values.map((value) => value ?? null);
  }

  async progress(input: StageInput): Promise<Offset> {
    this.#refuseClosed();
    return this.#data.progressOf(input);
  }

  waitForProgress(record: StageOffset, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return this.#progress.wait(record, timeoutMs, signal);
  }

  async health(): Promise<ServingHealth> {
    const problem = await this.#problem();
    return { ok: problem === null, problem };
  }

  async close(): Promise<void> {
    this.#progress.end();
    this.#closing.abort('closed');
    await this.#writes.settled();
    await this.#watching;
    this.#data.close();
  }

  /** Looks whether all is still there. Never throws: what can't be asked now is asked later. Many who ask share one look. */
  check(): Promise<void> {
    this.#nextLook ??= this.#alone(() => {
      this.#nextLook = null;
      return this.#look();
    }).catch(() => undefined);
    return this.#nextLook;
  }

  async #apply(batches: readonly ServingBatch[], progress: readonly StageOffset[]): Promise<void> {
    this.#refuseClosed();
    const pieces = splitWrites(batches, this.#keys);
    const [first] = this.#keys.buckets;
    const isOne = this.#keys.buckets.length === 1;
    // All of them to their end, also when one fails: two writes of one bucket must never be under way at the same time.
    const written = await Promise.allSettled(
      Array.from(pieces, ([bucket, of]) => this.#writeBucket(bucket, of, isOne ? progress : [])),
    );
    for (const each of written) if (each.status === 'rejected') throw each.reason;
    if (!isOne && first !== undefined) await this.#writeBucket(first, [], progress);
    this.#progress.board.advance(progress);
  }

  /** One after the other; with the last one the progress. */
  async #writeBucket(bucket: Bucket, pieces: readonly Piece[], progress: readonly StageOffset[]): Promise<void> {
    const all = pieces.length === 0 && progress.length > 0 ? [[]] : pieces;
    for (const [at, piece] of all.entries()) {
      const lost = await this.#data.write({ bucket, piece, progress: at === all.length - 1 ? progress : [] });
      if (lost === '') continue;
      void this.check();
      const { topic, partition } = sourceOf(lost);
      throw new StateUnusable(`Redis holds less of ${topic}/${partition} than was written`);
    }
  }

  /** What was not found may have been there, unless it `isProven` that it was not. */
  async #confirmMissing(keys: readonly ServingKey[], isProven: boolean): Promise<void> {
    if (this.#losses.known === null && this.#progress.board.all().length > 0) await this.check();
    const doubt = this.#doubt();
    if (doubt !== null) throw new DependencyUnavailable(DEPENDENCY, doubt);
    if (isProven) return;
    const { known } = this.#losses;
    if (known === null) return;
    const [source, position] = known;
    const buckets = [...new Set(keys.map(({ key }) => this.#keys.bucketOf(key)))];
    const positions = await Promise.all(buckets.map((bucket) => this.#data.positionIn(bucket, source)));
    if (positions.every((each) => each >= position)) return;
    void this.check();
    throw new DependencyUnavailable(DEPENDENCY, 'it was emptied, and is written again from the log');
  }

  #doubt(): string | null {
    const { under } = this.#evictions;
    if (under !== null) return `it has evicted entries (${under}): give it more memory, and the policy noeviction`;
    return this.#losses.isRebuilding() ? 'it lost entries, and is written again from the log' : null;
  }

  async #problem(): Promise<string | null> {
    if (this.#closing.signal.aborted) return 'the serving store is closed';
    return (await this.#data.problem(HEALTH_MS_MAX)) ?? this.#doubt();
  }

  async #watch(everyMs: number): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#clock.sleep(everyMs, signal);
      if (!signal.aborted) await this.check();
    }
  }

  async #look(): Promise<void> {
    // Before the positions: when it says that nothing is missing any more, these are of after the store was emptied for that.
    const said = (await this.#data.evictions()) ?? this.#evictions;
    const servers = await this.#data.servers();
    const { board } = this.#progress;
    const former = board.all();
    const written = await this.#data.written(); // before the positions, so that it is not of more than they say
    const positions = await this.#data.positions();
    const progress = await this.#data.progress();
    const areEntriesLost = this.#losses.areEntriesLost(positions);
    // Else what is left of it would say that all is there.
    if (areEntriesLost && this.#losses.areFollowed) await this.#data.withdrawProgress();
    this.#losses.look(positions, areEntriesLost || isProgressLost(progress, former));
    if (!areEntriesLost) {
      board.advance(progress);
      this.#data.isWholeFrom(written);
    }
    if (servers.some(({ isPrimary }) => !isPrimary)) this.#data.reconnect();
    await this.#judgeEvictions(positions.size === 0 ? beginning(servers) : lookAt(servers, said), said, servers);
  }

  /** Only who can have everything written again says so in the store. */
  async #judgeEvictions(known: KnownEvictions, said: KnownEvictions, servers: readonly ServerMemory[]): Promise<void> {
    if (this.#losses.areFollowed && isWorthRebuilding(known, servers)) {
      await this.#data.forgetPositions();
      await this.#keepEvictions(beginning(servers));
      this.#losses.look(new Map(), true);
      return;
    }
    this.#evictions = known;
    const isNew = JSON.stringify(known) !== JSON.stringify(said);
    if (isNew && this.#losses.areFollowed) await this.#keepEvictions(known);
  }

  async #keepEvictions(known: KnownEvictions): Promise<void> {
    this.#evictions = known;
    await this.#data.keepEvictions(known);
  }

  async #askProgress(): Promise<void> {
    this.#progress.board.advance(await this.#data.progress());
  }

  #alone(look: () => Promise<void>): Promise<void> {
    const done = this.#looking.then(look);
    this.#looking = done.catch(() => undefined); // its caller has the error
    return done;
  }

  #withNulls(keys: readonly ServingKey[], values: readonly (Buffer | null)[]): (Buffer | null)[] {
    let at = 0;
    return keys.map(({ key }) => (isStorable(key) ? (values[at++] ?? null) : null));
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw closedStore();
  }
}

function closedStore(): DependencyUnavailable {
  return new DependencyUnavailable(DEPENDENCY, 'the serving store is closed');
}

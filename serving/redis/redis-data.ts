// What the store asks of Redis, in the store's words. Every failure is a DependencyUnavailable: nothing here waits for a server that is away.
import { Cluster, type Redis } from 'ioredis';
import { DependencyUnavailable } from '../../streams/errors.ts';
import type { Offset } from '../../streams/log/log.ts';
import type { StageOffset } from '../serving-store.ts';
import { subscriberOf, type RedisClient } from './connect.ts';
import { decodeEvictions, memoryOf, type KnownEvictions, type ServerMemory } from './evictions.ts';
import { GatheredReads, type Found } from './gathered-reads.ts';
import { inputField, inputOf, type Bucket, type Keys } from './keys.ts';
import { callWriteScript, readProgressMessage, type ScriptCall } from './write-script.ts';

export const DEPENDENCY = 'Redis';
/** Keys that are deleted at a time when all are. */
const SCAN_COUNT = 1_000;
const BEGIN_AGAIN_MS = 500;
/** What ioredis says when `commandTimeout` is over. */
const TIMED_OUT = 'Command timed out';

type Reached = (progress: readonly StageOffset[]) => void;

export class RedisData {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  readonly #reads = new GatheredReads((names) => this.#read(names));
  /** How much was written when nothing was missing. */
  #written = NaN;
  #subscriber: RedisClient | null = null;
  /** Why the connection is not there. */
  #problem = 'it is not connected yet';
  /** One server let a command wait for too long: until a look at it succeeds nobody else waits as long. */
  #standsStill = false;
  #isClosed = false;

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
    client.on('error', (error: Error) => (this.#problem = error.message));
    client.on('node error', (error: Error) => (this.#problem = error.message));
    client.on('end', () => this.#beginAgain(client));
    // The next one may lead to another server, which holds less.
    client.on('close', () => (this.#written = NaN));
  }

  /** Resolves once it is connected, or after `waitMs`. */
  async ready(waitMs: number): Promise<void> {
    if (this.#client.status === 'ready') return;
    const waiting = Promise.withResolvers<void>();
    const timer = setTimeout(waiting.resolve, waitMs);
    this.#client.once('ready', waiting.resolve);
    await waiting.promise;
    clearTimeout(timer);
    this.#client.off('ready', waiting.resolve);
  }

  /** An entry's bytes by its name. Reads of the same moment travel together, in one command, or in a Cluster in a pipeline for each node. */
  value(name: string): Promise<Found> {
    if (this.#client instanceof Cluster) return this.#asking(() => this.#client.getBuffer(name)).then(orDoubtful);
    return this.#reads.value(name);
  }

  /** The same for several. */
  values(names: readonly string[]): Promise<Found[]> {
    if (names.length === 0) return Promise.resolve([]);
    // A Cluster answers a command of several keys only when all are in one slot.
    if (this.#client instanceof Cluster)
      return this.#asking(() => Promise.all(names.map((each) => this.#client.getBuffer(each).then(orDoubtful))));
    return this.#reads.values(names);
  }

  /**
   * With what is written as a whole, in the same command: as long as that is no less than at the last look, what is not there never was, and
   * nobody has to ask once more.
   */
  async #read(names: readonly string[]): Promise<readonly Found[]> {
    const { written } = this.#keys.buckets[0] as Bucket;
    const values: Found[] = await this.#asking(() => this.#client.mgetBuffer(...names, written));
    const now = numberIn(values.pop());
    if (now >= this.#written) this.#written = now;
    else if (values.includes(null)) return values.map(orDoubtful);
    return values;
  }

  /** What is written as a whole. */
  async written(): Promise<number> {
    if (this.#client instanceof Cluster) return NaN;
    const { written } = this.#keys.buckets[0] as Bucket;
    return numberIn(await this.#asking(() => this.#client.getBuffer(written)));
  }

  /** Nothing is missing where so much is written. */
  isWholeFrom(written: number): void {
    this.#written = written;
  }

  /** See `callWriteScript`. */
  write(call: Omit<ScriptCall, 'channel'>): Promise<string> {
    return this.#asking(() => callWriteScript(this.#client, { ...call, channel: this.#keys.channel }));
  }

  /** By source, how far all buckets are. */
  async positions(): Promise<Map<string, Offset>> {
    const [first = {}, ...others] = await this.#asking(() =>
      Promise.all(this.#keys.buckets.map(({ positions }) => this.#client.hgetall(positions))),
    );
    const lowest = (source: string, offset: string): number =>
      Math.min(Number(offset), ...others.map((each) => Number(each[source] ?? 0)));
    return new Map(
      Object.entries(first)
        .map(([source, offset]): [string, Offset] => [source, lowest(source, offset)])
        .filter(([, offset]) => offset > 0),
    );
  }

  async positionIn(bucket: Bucket, source: string): Promise<Offset> {
    return Number((await this.#asking(() => this.#client.hget(bucket.positions, source))) ?? 0);
  }

  async progressOf(input: Parameters<typeof inputField>[0]): Promise<Offset> {
    return Number((await this.#asking(() => this.#client.hget(this.#progress(), inputField(input)))) ?? 0);
  }

  async progress(): Promise<StageOffset[]> {
    const all = await this.#asking(() => this.#client.hgetall(this.#progress()));
    return Object.entries(all).map(([field, offset]) => ({ ...inputOf(field), offset: Number(offset) }));
  }

  async withdrawProgress(): Promise<void> {
    await this.#asking(() => this.#client.unlink(this.#progress()));
  }

  /** Tells of progress as it is written, by whomever; `begins` is called when some may have been missed. */
  subscribe(reached: Reached, begins: () => void): void {
    const subscriber = subscriberOf(this.#client);
    this.#subscriber = subscriber;
    const subscribe = (): void =>
      void subscriber.subscribe(this.#keys.channel).then(begins, () => undefined /* again at the next connection */);
    if (subscriber.status === 'ready') subscribe();
    subscriber.on('ready', subscribe);
    subscriber.on('message', (channel: string, message: string) => {
      if (channel === this.#keys.channel) reached(readProgressMessage(message));
    });
    if (subscriber === this.#client) return;
    subscriber.on('error', () => undefined); // the other connection has the same problem
    subscriber.on('end', () => this.#beginAgain(subscriber));
  }

  /** Asked also of a server that stands still. */
  async evictions(): Promise<KnownEvictions | null> {
    return decodeEvictions(await this.#looking(() => this.#client.get(this.#keys.evictions)));
  }

  async keepEvictions(known: KnownEvictions): Promise<void> {
    await this.#asking(() => this.#client.set(this.#keys.evictions, JSON.stringify(known)));
  }

  servers(): Promise<ServerMemory[]> {
    return this.#asking(() => Promise.all(this.#primaries().map(async (server) => memoryOf(await server.info()))));
  }

  /** Leads to the present primary when the one that is connected is none any more. */
  reconnect(): void {
    const { status } = this.#client;
    if (!(this.#client instanceof Cluster) && status === 'ready') this.#client.disconnect(true);
  }

  /** Lets all writers begin anew: as if nothing had been written, though what is there can still be read. */
  async forgetPositions(): Promise<void> {
    const names = this.#keys.buckets.flatMap(({ positions, written, progress }) => [positions, written, progress]);
    await this.#asking(() => Promise.all(names.map((name) => this.#client.unlink(name))));
  }

  /**
   * Deletes all keys of the prefix but what is known of evictions. The positions go last: until then nobody begins anew, so that nothing
   * is deleted that was just written again.
   */
  async empty(): Promise<void> {
    await this.#asking(async () => {
      for (const server of this.#primaries()) await this.#emptyOne(server);
    });
    await this.forgetPositions();
  }

  async #emptyOne(server: Redis): Promise<void> {
    const kept = new Set([this.#keys.evictions, ...this.#keys.buckets.map(({ positions }) => positions)]);
    for (let cursor = ''; cursor !== '0';) {
      const [next, names] = await server.scan(cursor || '0', 'MATCH', this.#keys.pattern, 'COUNT', SCAN_COUNT);
      const entries = names.filter((name) => !kept.has(name));
      await Promise.all(entries.map((name) => this.#client.unlink(name))); // one by one: a Cluster has them in different slots
      cursor = next;
    }
  }

  /** What is wrong with the connection, at once; null when it answers. */
  async problem(withinMs: number): Promise<string | null> {
    if (this.#client.status !== 'ready') return this.#problem;
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve(`it does not answer within ${withinMs} ms`), withinMs);
    const asked = this.#looking(() => this.#client.hlen(this.#progress())).then(
      () => null,
      (error: Error) => error.message,
    );
    try {
      return await Promise.race([asked, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#subscriber?.disconnect();
    this.#client.disconnect();
  }

  /** A client that gives up although it is to try for ever: ioredis does when it is told to disconnect while it asks sentinels. */
  #beginAgain(client: RedisClient): void {
    if (this.#isClosed) return;
    setTimeout(() => {
      if (!this.#isClosed) void client.connect().catch(() => undefined); // then it ends once more
    }, BEGIN_AGAIN_MS).unref();
  }

  #progress(): string {
    return (this.#keys.buckets[0] as Bucket).progress; // there is always one
  }

  #primaries(): Redis[] {
    return this.#client instanceof Cluster ? this.#client.nodes('master') : [this.#client];
  }

  #asking<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#standsStill) return Promise.reject(new DependencyUnavailable(DEPENDENCY, 'it does not answer in time'));
    return this.#looking(ask);
  }

  /** Written with `then`, as every read comes through here: each `async` around it would cost a microsecond. */
  #looking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return ask().then(this.#answered<T>, this.#failed);
    } catch (error) {
      return Promise.reject(this.#unavailable(error)); // a Cluster's client that knows no node for a slot
    }
  }

  readonly #answered = <T>(answer: T): T => {
    this.#standsStill = false;
    return answer;
  };

  readonly #failed = (error: unknown): never => {
    throw this.#unavailable(error);
  };

  #unavailable(error: unknown): DependencyUnavailable {
    const message = error instanceof Error ? error.message : String(error);
    // One node of a Cluster says nothing about the others.
    if (message === TIMED_OUT && !(this.#client instanceof Cluster)) this.#standsStill = true;
    const isConnected = this.#client.status === 'ready';
    return new DependencyUnavailable(DEPENDENCY, isConnected ? message : this.#problem, { cause: error });
  }
}

function orDoubtful(found: Found): Buffer | undefined {
  return found ?? undefined;
}

/** NaN when there is none, which is not less and not more than any: nothing is proved by it. */
function numberIn(found: Found): number {
  return found ? Number(found.toString('latin1')) : NaN;
}

// What the store asks of Redis, in the store's words. Every failure is a DependencyUnavailable: nothing here waits for a server that is away.
import { Cluster, type Redis } from 'ioredis';
import { DependencyUnavailable } from '../../streams/errors.ts';
import type { Offset } from '../../streams/log/log.ts';
import type { StageOffset } from '../serving-store.ts';
import { subscriberOf, type RedisClient } from './connect.ts';
import { decodeEvictions, memoryOf, type KnownEvictions, type ServerMemory } from './evictions.ts';
import { inputField, inputOf, type Bucket, type Keys } from './keys.ts';
import { callWriteScript, readProgressMessage, type ScriptCall } from './write-script.ts';

export const DEPENDENCY = 'Redis';
/** Keys that are deleted at a time when all are. */
const SCAN_COUNT = 1_000;

type Reached = (progress: readonly StageOffset[]) => void;

export class RedisData {
  readonly #client: RedisClient;
  readonly #keys: Keys;
  #subscriber: RedisClient | null = null;
  /** Why the connection is not there. */
  #problem = 'it is not connected yet';

  constructor(client: RedisClient, keys: Keys) {
    this.#client = client;
    this.#keys = keys;
    client.on('error', (error: Error) => (this.#problem = error.message));
    client.on('node error', (error: Error) => (this.#problem = error.message));
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

  /** The bytes of entries by their names, in one round trip (in a Cluster one to each node). */
  values(names: readonly string[]): Promise<(Buffer | null)[]> {
    const [name] = names;
    if (name === undefined) return Promise.resolve([]);
    // A Cluster answers a command of several keys only when all are in one slot; commands for one node travel together anyway.
    if (names.length === 1 || this.#client instanceof Cluster)
      return this.#asking(() => Promise.all(names.map((each) => this.#client.getBuffer(each))));
    return this.#asking(() => this.#client.mgetBuffer(...names));
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
    if (subscriber !== this.#client) subscriber.on('error', () => undefined); // the other connection has the same problem
  }

  async evictions(): Promise<KnownEvictions | null> {
    return decodeEvictions(await this.#asking(() => this.#client.get(this.#keys.evictions)));
  }

  async keepEvictions(known: KnownEvictions): Promise<void> {
    await this.#asking(() => this.#client.set(this.#keys.evictions, JSON.stringify(known)));
  }

  servers(): Promise<ServerMemory[]> {
    return this.#asking(() => Promise.all(this.#primaries().map(async (server) => memoryOf(await server.info()))));
  }

  /** Leads to the present primary when the one that is connected is none any more. */
  reconnect(): void {
    if (!(this.#client instanceof Cluster)) this.#client.disconnect(true);
  }

  /** Deletes all keys of the prefix. */
  empty(): Promise<void> {
    return this.#asking(async () => {
      for (const server of this.#primaries()) {
        for (let cursor = ''; cursor !== '0';) {
          const [next, names] = await server.scan(cursor || '0', 'MATCH', this.#keys.pattern, 'COUNT', SCAN_COUNT);
          // One by one: in a Cluster they are in different slots.
          await Promise.all(names.map((name) => this.#client.unlink(name)));
          cursor = next;
        }
      }
    });
  }

  /** What is wrong with the connection, at once; null when it answers. */
  async problem(withinMs: number): Promise<string | null> {
    if (this.#client.status !== 'ready') return this.#problem;
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve(`it does not answer within ${withinMs} ms`), withinMs);
    const asked = this.#asking(() => this.#client.hlen(this.#progress())).then(
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
    this.#subscriber?.disconnect();
    this.#client.disconnect();
  }

  #progress(): string {
    return (this.#keys.buckets[0] as Bucket).progress; // there is always one
  }

  #primaries(): Redis[] {
    return this.#client instanceof Cluster ? this.#client.nodes('master') : [this.#client];
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const isConnected = this.#client.status === 'ready' && error instanceof Error;
      throw new DependencyUnavailable(DEPENDENCY, isConnected ? error.message : this.#problem, { cause: error });
    }
  }
}

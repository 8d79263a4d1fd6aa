// The brokers as seen from here: connections to them, which of them leads a partition, and which coordinates a group or transactions.
import { setTimeout as sleep } from 'node:timers/promises';
import { apiVersionsV3, Connection, findCoordinatorV3, metadataV10, type API } from '@platformatic/kafka';
import type { TopicPartition } from '../../log.ts';
import { clientFailure, KafkaFailure } from '../client.ts';
import type { KafkaContext } from '../settings.ts';
import { codeName, codesOf, isBusy, isConnectionLost, isMoved } from './broker-errors.ts';
import { connectionSecurity } from './security.ts';

/** A connection answers in order, so that what waits at a broker (a fetch, a join) has one of its own, by this name. */
export interface Lane {
  readonly name: string;
  /** Beside the usual patience. */
  readonly answerLaterMs?: number;
}

export interface TopicMetadata {
  readonly topicId: string;
  /** The leading broker of each partition; -1 while it has none. */
  readonly leaders: readonly number[];
}

export interface Patience {
  /** `performance.now()` at which patience ends. @default `retryMs` from now */
  readonly untilMs?: number;
  /** @default 20 */
  readonly busyPauseMs?: number;
  /** Asked after a failure that could be tried again; true ends the attempts. */
  readonly isFinal?: (error: unknown) => boolean;
}

export interface Coordinated extends Patience {
  readonly kind: 'group' | 'transaction';
  readonly key: string;
  readonly lane: Lane;
}

/** A connection's requests in flight. The library holds back more. */
const IN_FLIGHT_MAX = 1_000;
const MOVED_PAUSE_MS = 50;
const BUSY_PAUSE_MS = 20;
const COORDINATOR_KEY_TYPES = { group: 0, transaction: 1 } as const;
/** For short questions. */
export const ASKING_LANE: Lane = { name: 'asking' };

export class Cluster {
  clusterId = '';
  /** Transactions have epochs of their own (KIP-890), which all brokers agreed on. */
  hasTransactionEpochs = false;
  readonly #context: KafkaContext;
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #brokers = new Map<number, { host: string; port: number }>();
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #coordinators = new Map<string, number>();
  #closed = false;

  static async open(context: KafkaContext): Promise<Cluster> {
    const cluster = new Cluster(context);
    try {
      await cluster.refreshTopics([]);
      const { finalizedFeatures = [] } = await cluster.askAnyone(apiVersionsV3.api, context.clientId, '1');
      const level = finalizedFeatures.find(({ name }) => name === 'transaction.version')?.maxVersionLevel ?? 0;
      cluster.hasTransactionEpochs = level >= TRANSACTION_EPOCHS_LEVEL;
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  private constructor(context: KafkaContext) {
    this.#context = context;
  }

  get brokerCount(): number {
    return this.#brokers.size;
  }

  /** As the cluster has them now; those that do not exist are left out. */
  async describeTopics(names: readonly string[]): Promise<Map<string, TopicMetadata>> {
    await this.refreshTopics(names);
    return new Map(
      names.flatMap((name) => {
        const topic = this.#topics.get(name);
        return topic === undefined ? [] : [[name, topic]];
      }),
    );
  }

  async refreshTopics(names: readonly string[]): Promise<void> {
    await this.#patiently(() => this.#refresh(names), {});
  }

  /** Looked up, when nothing is known of one of these topics. */
  async learn(names: Iterable<string>): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.#topics.has(name));
    if (unknown.length > 0) await this.refreshTopics(unknown);
  }

  /** Undefined while it is not known, or there is none. */
  leaderOf({ topic, partition }: TopicPartition): number | undefined {
    const leader = this.#topics.get(topic)?.leaders[partition];
    return leader === undefined || !this.#brokers.has(leader) ? undefined : leader;
  }

  /** One request to one broker, tried once. */
  async ask<A extends unknown[], R>(broker: number, lane: Lane, api: API<A, R>, ...request: A): Promise<R> {
    return api.async(await this.#connection(broker, lane), ...request);
  }

  /** One request to any broker, until one answers it. */
  askAnyone<A extends unknown[], R>(api: API<A, R>, ...request: A): Promise<R> {
    return this.#patiently(() => this.#anywhere(api, ...request), {});
  }

  /** One request to who coordinates `key`, however often that one has moved or is busy meanwhile. */
  askCoordinator<A extends unknown[], R>(of: Coordinated, api: API<A, R>, ...request: A): Promise<R> {
    const attempt = async () => {
      try {
        return await this.ask(await this.#coordinator(of), of.lane, api, ...request);
      } catch (error) {
        if (isMoved(error)) this.#coordinators.delete(`${of.kind} ${of.key}`);
        throw error;
      }
    };
    return this.#patiently(attempt, of);
  }

  /** One request to the leader of a partition, however often that one has moved meanwhile. */
  askLeader<A extends unknown[], R>(place: TopicPartition, api: API<A, R>, ...request: A): Promise<R> {
    const attempt = async () => {
      await this.learn([place.topic]);
      const leader = this.leaderOf(place);
      try {
        if (leader === undefined) throw leaderless(place);
        return await this.ask(leader, ASKING_LANE, api, ...request);
      } catch (error) {
        if (isMoved(error)) this.#topics.delete(place.topic);
        throw error;
      }
    };
    return this.#patiently(attempt, {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connections = [...this.#connections.values()];
    this.#connections.clear();
    await Promise.allSettled(connections.map(async (connection) => (await connection).close()));
  }

  /** Ends the connections of one lane. */
  async closeLane(lane: Lane): Promise<void> {
    const mine = [...this.#connections].filter(([key]) => key.endsWith(` ${lane.name}`));
    for (const [key] of mine) this.#connections.delete(key);
    await Promise.allSettled(mine.map(async ([, connection]) => (await connection).close()));
  }

  async #patiently<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
    const untilMs = patience.untilMs ?? performance.now() + this.#context.limits.retryMs;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const isBrokerBusy = isBusy(error);
        const isOver = this.#closed || performance.now() >= untilMs || patience.isFinal?.(error) === true;
        if (isOver || (!isBrokerBusy && !isMoved(error))) throw error;
        await sleep(isBrokerBusy ? (patience.busyPauseMs ?? BUSY_PAUSE_MS) : MOVED_PAUSE_MS);
      }
    }
  }

  async #coordinator({ kind, key }: Coordinated): Promise<number> {
    const known = this.#coordinators.get(`${kind} ${key}`);
    if (known !== undefined) return known;
    const { coordinators } = await this.#anywhere(findCoordinatorV3.api, COORDINATOR_KEY_TYPES[kind], [key]);
    const [found] = coordinators;
    if (found === undefined) throw new KafkaFailure('COORDINATOR_NOT_AVAILABLE', `Nobody coordinates ${kind} ${key}.`);
    this.#brokers.set(found.nodeId, { host: found.host, port: found.port });
    this.#coordinators.set(`${kind} ${key}`, found.nodeId);
    return found.nodeId;
  }

  async #refresh(names: readonly string[]): Promise<void> {
    const { clusterId, brokers, topics } = await this.#metadata(names);
    this.clusterId = clusterId ?? '';
    this.#brokers.clear();
    for (const { nodeId, host, port } of brokers) this.#brokers.set(nodeId, { host, port });
    for (const { name, topicId, errorCode, partitions } of topics) {
      if (typeof name !== 'string') continue;
      if (codeName(errorCode) === 'UNKNOWN_TOPIC_OR_PARTITION') this.#topics.delete(name);
      const leaders = partitions
        .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
        .map(({ leaderId }) => leaderId);
      if (errorCode === 0) this.#topics.set(name, { topicId, leaders });
    }
  }

  /** The library throws for a topic or partition that has an error, with all that was answered. */
  async #metadata(names: readonly string[]): Promise<Metadata> {
    try {
      return await this.#anywhere(metadataV10.api, [...names], false, false);
    } catch (error) {
      const isUsable = codesOf(error).every((code) => TOPIC_CODES.has(code));
      if (isUsable && error instanceof AggregateError && 'response' in error) return error.response as Metadata;
      throw error;
    }
  }

  /** The brokers that are known, then those to ask first, until one can be reached. */
  async #anywhere<A extends unknown[], R>(api: API<A, R>, ...request: A): Promise<R> {
    const known = [...this.#brokers.values()].map(({ host, port }) => `${host}:${port}`);
    let failure: unknown;
    for (const address of new Set([...known, ...this.#context.brokers])) {
      try {
        return await api.async(await this.#connectionTo(address, ASKING_LANE), ...request);
      } catch (error) {
        // Whoever answers, if only that a topic has no leader just now, has answered: another one may be dead, and knows no better.
        if (!isConnectionLost(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  #connection(broker: number, lane: Lane): Promise<Connection> {
    const address = this.#brokers.get(broker);
    if (address === undefined) throw new KafkaFailure('BROKER_NOT_AVAILABLE', `Broker ${broker} is not known.`);
    return this.#connectionTo(`${address.host}:${address.port}`, lane);
  }

  #connectionTo(address: string, lane: Lane): Promise<Connection> {
    if (this.#closed) throw new KafkaFailure(clientFailure.connection, 'The log was closed.');
    const key = `${address} ${lane.name}`;
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      connection = this.#connect(address, lane, () => {
        if (this.#connections.get(key) === connection) this.#connections.delete(key);
      });
      this.#connections.set(key, connection);
    }
    return connection;
  }

  async #connect(address: string, lane: Lane, onEnd: () => void): Promise<Connection> {
    const { clientId, limits, security } = this.#context;
    const connection = new Connection(clientId, {
      ...connectionSecurity(security),
      connectTimeout: limits.connectTimeoutMs,
      requestTimeout: limits.requestTimeoutMs + (lane.answerLaterMs ?? 0),
      maxInflights: IN_FLIGHT_MAX,
    });
    // An error event that nobody hears would end the process. Who waits for an answer is told by other means.
    connection.on('error', onEnd);
    connection.on('closing', onEnd);
    connection.on('close', onEnd);
    const colon = address.lastIndexOf(':');
    try {
      await connection.connect(address.slice(0, colon), Number(address.slice(colon + 1)));
    } catch (error) {
      onEnd();
      throw error;
    }
    return connection;
  }
}

type Metadata = Awaited<ReturnType<typeof metadataV10.api.async>>;

/** `transaction.version` from which transactions have epochs of their own. */
const TRANSACTION_EPOCHS_LEVEL = 2;

export function leaderless({ topic, partition }: TopicPartition): KafkaFailure {
  return new KafkaFailure('LEADER_NOT_AVAILABLE', `Nobody leads ${topic}/${partition} just now.`);
}

/** Wrong with a topic, not with the question. */
const TOPIC_CODES = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'LISTENER_NOT_FOUND',
  'INVALID_TOPIC_EXCEPTION',
]);

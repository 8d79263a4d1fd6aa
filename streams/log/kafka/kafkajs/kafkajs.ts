// kafkajs set up as we need it, and the way to what it has no public door for.
import { createRequire } from 'node:module';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka, logLevel, type Cluster, type ISocketFactory, type LogEntry, type SASLOptions } from 'kafkajs';
import { Bug } from '../../../errors.ts';
import type { TopicPartition } from '../../log.ts';
import { KafkaFailure } from '../client.ts';
import type { KafkaSecurity, TlsSettings } from '../security.ts';
import type { KafkaContext } from '../settings.ts';
import { registerCompressions } from './compression.ts';

/** Quick at first: right after a commit the coordinator asks to be asked again, and is ready within milliseconds. */
const retryFirstMs = 4;
const retryLastMs = 250;
/** Of what the client does by itself; whoever calls has more patience. */
const innerRetries = 5;

export function createKafka(context: KafkaContext): Kafka {
  const { brokers, clientId, security, limits } = context;
  mendRequestQueue();
  registerCompressions();
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...tlsOptions(security),
    ...saslOptions(security),
    connectionTimeout: limits.connectTimeoutMs,
    authenticationTimeout: limits.requestTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    retry: { initialRetryTime: retryFirstMs, maxRetryTime: retryLastMs, retries: innerRetries },
    socketFactory: withoutDelay,
    logLevel: logLevel.WARN,
    // It calls an error what it is about to try again; what it gives up on is thrown, and then it is ours to say so.
    logCreator: () => (entry) => context.onLog('debug', entry.log.message, fieldsOf(entry)),
  });
}

/** For what must not give up early. */
export function patientRetry({ retryMs }: { readonly retryMs: number }) {
  return {
    initialRetryTime: retryFirstMs,
    maxRetryTime: retryLastMs,
    retries: innerRetries + Math.ceil(retryMs / retryLastMs),
  };
}

/**
 * The connections of a consumer that never runs: kafkajs's own loop of consuming holds heartbeats and all partitions up while one is
 * worked on, knows no orderly letting go, and reads no partition outside of a group. An assigner is the public place that gets them.
 */
export function clusterOf(kafka: Kafka): InnerCluster {
  let found: InnerCluster | undefined;
  kafka.consumer({
    groupId: 'unused',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster as InnerCluster;
        return {
          name: 'unused',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: '', metadata: Buffer.of() }),
        };
      },
    ],
  });
  if (found === undefined) throw new Bug('kafkajs made a consumer without asking for its assigner.');
  return found;
}

/** The broker that a partition is read from and written to. */
export function leaderOf(cluster: Cluster, { topic, partition }: TopicPartition): string {
  const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (leader === undefined) throw new KafkaFailure('LEADER_NOT_AVAILABLE', `${topic}/${partition} has no leader.`);
  return leader;
}

export interface InnerCluster extends Cluster {
  findBroker(node: { nodeId: string }): Promise<InnerBroker>;
  findControllerBroker(): Promise<InnerBroker>;
  /** `coordinatorType` 1: of the transactional id that stands in place of the group. */
  findGroupCoordinator(group: { groupId: string; coordinatorType?: number }): Promise<InnerBroker>;
}

/** What kafkajs's types leave out of a broker. */
export type InnerBroker = Awaited<ReturnType<Cluster['findBroker']>> & {
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: readonly { name: string; metadata: Buffer }[];
  }): Promise<{
    generationId: number;
    leaderId: string;
    memberId: string;
    members: { memberId: string; memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<void>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<void>;
  listOffsets(request: {
    isolationLevel: number;
    topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: number }[] }[];
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
  addPartitionsToTxn(
    transaction: InnerTransaction & {
      topics: readonly { topic: string; partitions: readonly number[] }[];
    },
  ): Promise<unknown>;
  endTxn(transaction: InnerTransaction & { transactionResult: boolean }): Promise<unknown>;
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number } | undefined>>;
  readonly connectionPool: {
    send<T>(call: {
      request: { apiKey: number; apiVersion: number; apiName: string; encode(): Promise<unknown> };
      response: { decode(payload: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
    }): Promise<T>;
  };
};

/** Of whoever opened a transactional id: the next one to open it has a higher epoch. */
export interface ProducerIdentity {
  readonly producerId: string;
  readonly producerEpoch: number;
}

export interface InnerTransaction extends ProducerIdentity {
  readonly transactionalId: string;
}

const require = createRequire(import.meta.url);

/** A request's body, for requests that kafkajs does not know. */
export function encoded(body: Buffer): unknown {
  const Encoder = require('kafkajs/src/protocol/encoder') as new () => { writeBuffer(buffer: Buffer): unknown };
  return new Encoder().writeBuffer(body);
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

let isMended = false;

/**
 * kafkajs sets a timer for a time long past after each answer, which Node 24 warns of (tulios/kafkajs#1751). There is nothing to look
 * for when nothing waits: what comes to wait sets the timer itself.
 */
function mendRequestQueue(): void {
  if (isMended) return;
  isMended = true;
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}

/** Small requests go at once: kafkajs leaves it to TCP to collect them, which may wait 40 ms for more. */
const withoutDelay: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? connectTls({ ...named(host), ...ssl, host, port }, onConnect)
    : connectTcp({ host, port }, onConnect);
  return socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
};

const keepAliveMs = 60_000;

/** TLS names hosts by their names only. */
function named(host: string): { servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

function tlsOptions({ tls }: KafkaSecurity) {
  if (tls === undefined) return {};
  return { ssl: tls === true ? true : pemOptions(tls) };
}

function pemOptions({ ca, certificate, key, passphrase }: TlsSettings) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function saslOptions({ sasl }: KafkaSecurity): { sasl?: SASLOptions } {
  if (sasl === undefined) return {};
  if (sasl.mechanism === 'OAUTHBEARER') {
    const { token } = sasl;
    return { sasl: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await token() }) } };
  }
  const { username, password } = sasl;
  const mechanism = ({ PLAIN: 'plain', 'SCRAM-SHA-256': 'scram-sha-256', 'SCRAM-SHA-512': 'scram-sha-512' } as const)[
    sasl.mechanism
  ];
  return { sasl: { mechanism, username, password } };
}

function fieldsOf({ namespace, label, log }: LogEntry): Record<string, unknown> {
  const { message: _message, timestamp: _timestamp, logger, stack: _stack, ...fields } = log;
  return { ...fields, client: `${logger} ${namespace}`, level: label };
}

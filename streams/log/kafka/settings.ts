// How to reach a Kafka cluster and how to behave in it. What is left out has the default named beside it.
import type { KafkaSecurity } from './security.ts';

export interface KafkaSettings {
  /** @default 'platformatic' */
  readonly client?: KafkaClientName;
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. @default 'freshet' */
  readonly clientId?: string;
  readonly security?: KafkaSecurity;
  /** Copies of each topic that is created. @default 3, or the number of brokers when there are fewer */
  readonly replicationFactor?: number;
  readonly limits?: Partial<KafkaLimits>;
  /** Warnings are worth a look; what mends itself, or reaches the caller as an error, is for finding faults (`debug`). */
  readonly onLog?: KafkaLogSink;
}

export const kafkaClientNames = ['kafkajs', 'platformatic'] as const;
export type KafkaClientName = (typeof kafkaClientNames)[number];

export type KafkaLogSink = (
  level: 'debug' | 'warn',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export interface KafkaLimits {
  /** A request without answer for so long has failed. @default 20 s */
  readonly requestTimeoutMs: number;
  /** @default 5 s */
  readonly connectTimeoutMs: number;
  /** What can be tried again is tried for about so long. @default 20 s */
  readonly retryMs: number;
  /** The coordinator aborts what stays open for longer. @default 30 s */
  readonly transactionTimeoutMs: number;
  /** A member that is silent for longer is given up. @default 15 s */
  readonly sessionTimeoutMs: number;
  /** How long a round of joining waits for a member. @default 60 s */
  readonly rebalanceTimeoutMs: number;
  /** How long a member may take to finish with partitions that move elsewhere. @default 30 s */
  readonly revokeWaitMs: number;
  /** How long a fetch waits for records at the broker; also how long a seek may take to have effect. @default 100 ms */
  readonly fetchWaitMs: number;
  /** One batch of one partition; a single larger record still comes. @default 1 MiB */
  readonly batchBytes: number;
  /** All batches of one fetch together. @default 8 MiB */
  readonly fetchBytes: number;
  /** What is sent to one partition in one piece; a single larger record still goes. @default 512 KiB */
  readonly sendBytes: number;
  /** Records sent in one piece. @default 1,000 */
  readonly sendRecords: number;
  /** One record with its key and headers; new topics allow for that. @default 4 MiB */
  readonly recordBytesMax: number;
  /** Appends that wait while one is under way; with more, `append` is refused. @default 50,000 records */
  readonly appendRecordsMax: number;
}

const kib = 1024;
const mib = 1024 * kib;

export const defaultKafkaLimits: KafkaLimits = {
  requestTimeoutMs: 20_000,
  connectTimeoutMs: 5_000,
  retryMs: 20_000,
  transactionTimeoutMs: 30_000,
  sessionTimeoutMs: 15_000,
  rebalanceTimeoutMs: 60_000,
  revokeWaitMs: 30_000,
  fetchWaitMs: 100,
  batchBytes: mib,
  fetchBytes: 8 * mib,
  sendBytes: 512 * kib,
  sendRecords: 1_000,
  recordBytesMax: 4 * mib,
  appendRecordsMax: 50_000,
};

/** Settings with every default in place. */
export interface KafkaContext {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly security: KafkaSecurity;
  readonly limits: KafkaLimits;
  readonly onLog: KafkaLogSink;
}

export function kafkaContext(settings: KafkaSettings): KafkaContext {
  return {
    brokers: settings.brokers,
    clientId: settings.clientId ?? 'freshet',
    security: settings.security ?? {},
    limits: { ...defaultKafkaLimits, ...settings.limits },
    onLog: settings.onLog ?? (() => {}),
  };
}

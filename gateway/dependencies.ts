// What the gateway needs from the rest, as ports. It knows neither the log's driver nor the serving store's.
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Settings } from '../config/settings.ts';
import type { MaybePromise } from '../serving/serving-store.ts';
import type { HandleForwarded } from './http/forward.ts';
import type { LimitMemory } from './http/limits.ts';
import type { Route } from './http/route.ts';
import type { RequestTracing } from './http/trace-context.ts';
import type { ReadableStore } from './serving-reads.ts';

export interface GatewayDependencies {
  readonly settings: Settings;
  readonly log: GatewayLog;
  /** The name on the log of a topic of the catalogue: `interactions` → `freshet.interactions.v1`. */
  readonly physicalName: (logicalName: string) => string;
  /** The partition of a key: Java's murmur2, modulo the partition count. */
  readonly partitionOf: (key: Buffer) => number;
  /** Collections are named as the topics they copy: `recommendations`, `profiles`, `segments`, `items`, `item-features`, `rankings`. */
  readonly serving: ReadableStore;
  /**
   * What to offer to somebody of whom only the items of a session are known, latest last. Nothing of it is kept.
   * `because`: the items of the session that led to a suggestion.
   */
  readonly scoreSession: (session: readonly string[], limit: number) => MaybePromise<readonly SessionSuggestion[]>;
  readonly status: () => RuntimeStatus;
  /** What runs, for the picture of it. */
  readonly topology: Topology;
  readonly clock: GatewayClock;
  readonly metrics: Registry;
  readonly logger: Logger;
  /** Routes of other parts, such as imports. */
  readonly routes?: readonly Route[];
  /** Given to all gateways but one of several on the same port: who handles what writes. */
  readonly handleWrites?: HandleForwarded | undefined;
  /** Given to all gateways of several on the same port, so that they keep the limits together. */
  readonly limits?: LimitMemory;
  /** Given when spans are recorded. */
  readonly tracing?: RequestTracing | undefined;
  /** Freshet's, for the API's document. */
  readonly version: string;
}

export interface SessionSuggestion {
  readonly item_id: string;
  readonly score: number;
  readonly algorithm: string;
  readonly because: readonly string[];
}

export interface GatewayClock {
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The part of the log that the gateway uses; `streams/log/log.ts` documents it. */
export interface GatewayLog {
  append(records: readonly OutgoingRecord[], options?: { durability?: 'disk' | 'memory' }): Promise<readonly Placed[]>;
  openReader(from: readonly Placed[]): {
    read(waitMs: number): Promise<readonly IncomingBatch[]>;
    close(): Promise<void>;
  };
  offsets(partition: { topic: string; partition: number }): Promise<{ start: number; end: number }>;
}

export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly timestampMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface IncomingBatch {
  readonly partition: number;
  readonly records: readonly IncomingRecord[];
  /** Where to read on; past gaps. */
  readonly nextOffset: number;
}

export interface IncomingRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Placed {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** How the processing is doing right now. Asked for once a second: must be cheap. */
export interface RuntimeStatus {
  /** Parts that must work before customers can be served, with what they wait for. */
  readonly parts: readonly { readonly name: string; readonly ready: boolean; readonly detail?: string }[];
  readonly tasks: readonly {
    readonly stage: string;
    readonly partition: number;
    readonly state: string;
    readonly lagRecords: number;
  }[];
  /** Records handled since the start, by all stages that read from outside. */
  readonly recordsProcessed: number;
  /** Accepted → readable, over the last seconds; null when nothing came. */
  readonly freshnessMs: { readonly p50: number; readonly p99: number } | null;
  /** Whatever else is worth telling: counts of customers, items, sessions. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Stages with their processors, what these read and write, and the sinks; `streams/topology.ts` makes it of the definitions. */
export interface Topology {
  readonly stages: readonly { readonly name: string; readonly processors: readonly TopologyProcessor[] }[];
  readonly lookups: readonly { readonly name: string; readonly reads: readonly string[] }[];
  readonly sinks: readonly { readonly name: string; readonly reads: readonly string[] }[];
}

export interface TopologyProcessor {
  readonly name: string;
  readonly reads: readonly string[];
  readonly keeps: readonly string[];
  readonly joins: readonly string[];
  readonly looksUp: readonly string[];
  readonly writes: readonly string[];
}

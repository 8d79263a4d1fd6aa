// What the main thread and the gateway's threads ask of each other.
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Settings } from '../../config/settings.ts';
import type { IncomingRecord, OutgoingRecord, Placed, RuntimeStatus, Topology } from '../../gateway/dependencies.ts';
import type { Answer } from '../../gateway/http/answer.ts';
import type { LimitMemory } from '../../gateway/http/limits.ts';
import type { Forwarded } from '../../gateway/http/forward.ts';
import type { ImportAnswer } from '../../imports/server.ts';
import type { SharedServing } from '../../serving/embedded-reader.ts';
import type { StageOffset } from '../../serving/serving-store.ts';
import type { Packed } from './packed.ts';

export interface GatewayStart {
  readonly settings: Settings;
  /** Of the embedded serving store; null: the settings say where it is. */
  readonly serving: SharedServing | null;
  readonly topology: Topology;
  readonly version: string;
  /** The same for all threads. */
  readonly limits: LimitMemory;
  /** Of several threads one handles what writes, for all. */
  readonly handlesWrites: boolean;
}

type MetricNow = MetricObjectWithValues<MetricValue<string>>;

export interface PackedBatch {
  readonly partition: number;
  readonly records: Packed<Omit<IncomingRecord, 'key' | 'value'>>;
  readonly nextOffset: number;
}

/** What a gateway's thread asks of the main one. Readers are named by numbers. */
export type MainMethods = {
  append(given: {
    readonly records: Packed<Omit<OutgoingRecord, 'key' | 'value'>>;
    readonly durability: 'disk' | 'memory' | undefined;
  }): Promise<readonly Placed[]>;
  offsets(given: { readonly topic: string; readonly partition: number }): Promise<{ start: number; end: number }>;
  openReader(from: readonly Placed[]): number;
  read(given: { readonly reader: number; readonly waitMs: number }): Promise<readonly PackedBatch[]>;
  closeReader(reader: number): Promise<void>;
  importProgress(importId: string): Promise<ImportAnswer>;
  commitImportChunk(given: { readonly importId: string; readonly body: unknown }): Promise<ImportAnswer>;
  /** To be handled by the thread that handles what writes. */
  handle(request: Forwarded): Promise<Answer>;
  /** Of all threads together, as Prometheus reads them. */
  allMetrics(none: null): Promise<string>;
  /** One of the main thread's own; null when it has none of that name. */
  metric(name: string): Promise<MetricNow | null>;
};

/** What the main thread asks of a gateway's. */
export type ThreadMethods = {
  start(given: GatewayStart): Promise<{ readonly host: string; readonly port: number }>;
  handle(request: Forwarded): Promise<Answer>;
  advance(progress: readonly StageOffset[]): void;
  status(now: RuntimeStatus): void;
  ownMetrics(none: null): Promise<readonly MetricNow[]>;
  /** Takes no new requests of callers, and resolves when those in flight are answered; what others forward is still handled. */
  drain(none: null): Promise<void>;
  /** Lets go of everything. */
  stop(none: null): Promise<void>;
};

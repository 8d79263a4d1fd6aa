// Deliberate mistakes, made around the runtime: the simulator must find each of them, or its silence means nothing.
import type { Log } from '../../log/log.ts';
import type { SinkTarget } from '../../sink.ts';
import type { StateStore } from '../../store/store.ts';
import type { MemoryStateStore } from '../../store/memory.ts';
import type { ExternalStore } from './external-store.ts';

export interface SabotageContext {
  readonly instance: string;
  readonly stores: MemoryStateStore;
}

export interface Sabotage {
  readonly log?: (log: Log, context: SabotageContext) => Log;
  readonly stores?: (stores: StateStore, context: SabotageContext) => StateStore;
  readonly target?: (target: SinkTarget, store: ExternalStore) => SinkTarget;
}

export const NO_SABOTAGE: Sabotage = {};

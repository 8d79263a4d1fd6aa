// What a processor is: a declaration of what it reads, keeps, looks up and writes, and its pure handlers.
import type { Offset, Partition } from './log/log.ts';
import type { LookupDefinition, ViewOf } from './lookup.ts';
import type { TableDefinition, TopicDefinition, ValueOf } from './topic.ts';

export type Topics = Readonly<Record<string, TopicDefinition<any>>>; // oxlint-disable-line typescript/no-explicit-any -- values are typed where a topic is declared
export type Tables = Readonly<Record<string, TableDefinition<any>>>; // oxlint-disable-line typescript/no-explicit-any -- as above
export type Lookups = Readonly<Record<string, LookupDefinition<any>>>; // oxlint-disable-line typescript/no-explicit-any -- as above

/** Where in the log something came from. */
export interface Source {
  readonly topic: string;
  readonly partition: Partition;
  readonly offset: Offset;
}

/** One event as a handler sees it. */
export interface Event<V> {
  readonly key: string;
  /** null is a tombstone of a compacted input. */
  readonly value: V | null;
  /** Event time, bounded by receive time. Milliseconds since 1970. */
  readonly timeMs: number;
  /** True when the client's clock was so far ahead that `timeMs` was bounded. */
  readonly clockCorrected: boolean;
  /** The record read from the log that led here. Also for events handed over within the stage; logical topic name. */
  readonly source: Source;
}

/** A processor's own table. */
export interface TableAccess<V> {
  /**
   * The value, or undefined. It is yours to change until the handler returns, provided that you `set` it then; a value that was
   * changed but not set is a bug that the test bench finds.
   */
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
}

/** A table of an earlier processor of the same stage: same key, same task, as the batch has left it so far. Not to be changed. */
export interface TableReading<V> {
  get(key: string): Readonly<V> | undefined;
}

export interface Output<V> {
  /** null writes a tombstone. To a compacted topic a batch writes only the last value of each key. */
  send(key: string, value: V | null): void;
}

export interface Context<P extends ProcessorShape> {
  readonly tables: { readonly [N in keyof P['keeps']]: TableAccess<ValueOf<P['keeps'][N]>> };
  readonly joins: { readonly [N in keyof P['joins']]: TableReading<ValueOf<P['joins'][N]>> };
  readonly lookups: { readonly [N in keyof P['looksUp']]: ViewOf<P['looksUp'][N]> };
  readonly out: { readonly [N in keyof P['writes']]: Output<ValueOf<P['writes'][N]>> };
  /** Largest event time the task has seen, this event included. */
  readonly streamTimeMs: number;
  /** Partition of the task. */
  readonly partition: Partition;
  /** Next input offset, by logical topic name, once this event is handled: the position an output can name as its own. */
  position(topic: string): Offset;
  /** How many records each declared lookup has folded in so far, by lookup name: what this output knew. */
  lookupVersions(): Record<string, number>;
  /** Uniform in [0, 1), seeded by the event's topic, partition and offset: the same in every replay. */
  random(): number;
  /** Dead-letters the event with this reason; nothing it wrote stays. `reason` is a short bounded label. */
  reject(reason: string, message: string): never;
  /** Adds to a named counter (a metric with the label `reason`), for what is worth counting but no error. */
  count(reason: string): void;
}

export interface ProcessorShape {
  readonly reads: Topics;
  readonly keeps: Tables;
  /** Tables that an earlier processor of the same stage keeps, to be read by key. */
  readonly joins: Tables;
  readonly looksUp: Lookups;
  readonly writes: Topics;
}

export type Handler<V, P extends ProcessorShape> = (event: Event<V>, context: Context<P>) => void;

/** `1h` every hour of stream time: runs when stream time crosses a multiple of the interval. */
export type Interval = `${number}${'s' | 'm' | 'h' | 'd'}`;

export interface ProcessorDefinition<P extends ProcessorShape> extends ProcessorShape {
  /** A short noun, never changed once released. */
  readonly name: string;
  readonly reads: P['reads'];
  readonly keeps: P['keeps'];
  readonly joins: P['joins'];
  readonly looksUp: P['looksUp'];
  readonly writes: P['writes'];
  readonly on: { readonly [N in keyof P['reads']]: Handler<ValueOf<P['reads'][N]>, P> };
  /**
   * Inputs of which, within a batch, only the latest event per key is handled, after all others of the batch. Only for inputs
   * written by an earlier processor of the same stage.
   */
  readonly conflates: readonly (keyof P['reads'])[];
  /**
   * Outputs whose keys are not those of the events they come from. They are never handed over: a stage that reads them gets them from
   * the log, in the task that has their key.
   */
  readonly rekeys: readonly (keyof P['writes'])[];
  readonly every: Readonly<Partial<Record<Interval, (context: Context<P>) => void>>>;
}

type Declaration<R extends Topics, K extends Tables, J extends Tables, L extends Lookups, W extends Topics> = {
  name: string;
  reads: R;
  keeps?: K;
  joins?: J;
  looksUp?: L;
  writes?: W;
  on: { [N in keyof R]: Handler<ValueOf<R[N]>, { reads: R; keeps: K; joins: J; looksUp: L; writes: W }> };
  conflates?: readonly (keyof R)[];
  rekeys?: readonly (keyof W)[];
  every?: Partial<
    Record<Interval, (context: Context<{ reads: R; keeps: K; joins: J; looksUp: L; writes: W }>) => void>
  >;
};

type None = Readonly<Record<never, never>>;

/** Declares a processor. What is not declared here can't be read, looked up or written by its handlers. */
export function processor<
  const R extends Topics,
  const K extends Tables = None,
  const J extends Tables = None,
  const L extends Lookups = None,
  const W extends Topics = None,
>(
  declaration: Declaration<R, K, J, L, W>,
): ProcessorDefinition<{ reads: R; keeps: K; joins: J; looksUp: L; writes: W }> {
  return Object.freeze({
    keeps: {} as K,
    joins: {} as J,
    looksUp: {} as L,
    writes: {} as W,
    conflates: [],
    rekeys: [],
    every: {},
    ...declaration,
  });
}

/** True when what the processor writes to the topic is for other tasks. */
export function isRekeyed({ writes, rekeys }: AnyProcessor, topic: string): boolean {
  const outputs = writes as Topics;
  return (rekeys as readonly string[]).some((output) => outputs[output]?.name === topic);
}

export type AnyProcessor = ProcessorDefinition<any>; // oxlint-disable-line typescript/no-explicit-any -- a stage holds processors of all shapes

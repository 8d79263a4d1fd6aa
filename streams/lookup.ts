// A lookup: a full, read-only copy of some compacted topics in every instance, folded into whatever view serves its readers best.
import type { TopicDefinition, ValueOf } from './topic.ts';
import type { Topics } from './processor.ts';

export interface LookupDefinition<View> {
  readonly name: string;
  readonly reads: Topics;
  /** An empty view. */
  readonly create: () => View;
  /** Folds one record into the view: its latest value, or null for a tombstone. Repeats of the same record must not matter. */
  apply(view: View, change: LookupChange): void;
  /** Of each topic only so many of the newest records are read at the start, of each partition its share. Left out: all. */
  readonly newestRecordsMax?: number;
  /** For views that fetch what records name: awaited once, before a stage starts, when all there was is folded in. */
  settled?(view: View): Promise<void>;
}

export interface LookupChange {
  /** The name under which the topic was declared in `reads`. */
  readonly input: string;
  readonly key: string;
  readonly value: unknown;
  readonly timeMs: number;
}

export type ViewOf<L> = L extends LookupDefinition<infer V> ? V : never;

type ApplyByInput<View, R extends Topics> = {
  [N in keyof R]: (view: View, key: string, value: ValueOf<R[N]> | null, timeMs: number) => void;
};

/** Declares a lookup with one fold per input. */
export function lookup<View, const R extends Topics>(declaration: {
  name: string;
  reads: R;
  create: () => View;
  apply: ApplyByInput<View, R>;
  newestRecordsMax?: number;
  settled?: (view: View) => Promise<void>;
}): LookupDefinition<View> {
  const apply = declaration.apply as Record<string, (view: View, key: string, value: unknown, timeMs: number) => void>;
  return Object.freeze({
    ...declaration,
    apply: (view: View, change: LookupChange) => apply[change.input]?.(view, change.key, change.value, change.timeMs),
  });
}

/** The plainest lookup: a read-only map of a table's latest values. */
export function tableLookup<V>(table: TopicDefinition<V>): LookupDefinition<ReadonlyMap<string, V>> {
  return lookup<Map<string, V>, { table: TopicDefinition<V> }>({
    name: table.name,
    reads: { table },
    create: () => new Map(),
    apply: {
      table: (view, key, value) => {
        if (value === null) view.delete(key);
        else view.set(key, value as V);
      },
    },
  });
}

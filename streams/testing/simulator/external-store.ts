// The store outside the log that the sink copies tables into: it outlives processes, refuses what is older than what it has,
// and knows when it is told of progress that it does not have.
import { DependencyUnavailable } from '../../errors.ts';
import type { FetchedBatch, LogRecord, Offset, Partition, TopicOffset } from '../../log/log.ts';
import { placeKey } from '../../log/place-key.ts';
import type { SinkProgress, SinkTarget } from '../../sink.ts';
import type { CommitLedger } from './commit-ledger.ts';
import type { Host } from './host.ts';

interface Held {
  readonly value: string | null;
  readonly partition: Partition;
  readonly offset: Offset;
}

export type TargetFault = 'before' | 'half' | 'after';

export interface TargetFate {
  call(host: Host, place: string, canFail: boolean): Promise<void>;
  targetFault(): TargetFault | null;
  fail(message: string): void;
}

export class ExternalStore {
  readonly positions = new Map<string, TopicOffset>();
  /** By physical topic and key. */
  readonly #held = new Map<string, Map<string, Held>>();
  readonly progress = new Map<string, Readonly<Record<string, Offset>>>();

  /** Latest values by key, without what was deleted. */
  table(topic: string): Map<string, string> {
    const live = new Map<string, string>();
    for (const [key, { value }] of this.#held.get(topic) ?? []) if (value !== null) live.set(key, value);
    return live;
  }

  write(batch: FetchedBatch): void {
    for (const record of batch.records) this.put(record);
    this.#reached(batch.topic, batch.partition, batch.nextOffset);
  }

  put({ topic, key, value, partition, offset }: LogRecord): void {
    const held = this.#held.get(topic) ?? new Map<string, Held>();
    this.#held.set(topic, held);
    const name = key?.toString('utf8') ?? '';
    const known = held.get(name);
    if (known !== undefined && known.offset >= offset) return;
    held.set(name, { value: value?.toString('utf8') ?? null, partition, offset });
  }

  positionOf(topic: string, partition: Partition): Offset {
    return this.positions.get(placeKey({ topic, partition }))?.offset ?? 0;
  }

  #reached(topic: string, partition: Partition, offset: Offset): void {
    if (this.positionOf(topic, partition) < offset)
      this.positions.set(placeKey({ topic, partition }), { topic, partition, offset });
  }
}

/** The store as the sink of one process sees it. */
export function targetFor(host: Host, store: ExternalStore, ledger: CommitLedger, fate: TargetFate): SinkTarget {
  return {
    positions: () =>
      host.through(async () => {
        await fate.call(host, 'target.positions', true);
        return [...store.positions.values()];
      }),
    write: (batches, progress) =>
      host.through(async () => {
        await fate.call(host, 'target.write', true);
        const fault = fate.targetFault();
        const unavailable = new DependencyUnavailable('external store', `fails (${fault})`);
        if (fault === 'before') throw unavailable;
        const count = fault === 'half' ? Math.floor(batches.length / 2) : batches.length;
        for (const batch of batches.slice(0, count)) store.write(batch);
        // The rest of a batch that was cut off: records without their position.
        if (fault === 'half') for (const record of batches[count]?.records.slice(0, 1) ?? []) store.put(record);
        if (fault === 'half') throw unavailable;
        for (const told of progress) note(told, store, ledger, fate);
        if (fault === 'after') throw unavailable;
      }),
  };
}

function note(
  { stage, partition, inputs }: SinkProgress,
  store: ExternalStore,
  ledger: CommitLedger,
  fate: TargetFate,
): void {
  const missing = ledger.missing(stage, partition, inputs, store);
  if (missing !== null) fate.fail(`progress of ${stage}.${partition} was told ahead of what is written: ${missing}`);
  const key = `${stage}/${partition}`;
  const known = store.progress.get(key);
  // A former owner of the partition may repeat what is old.
  if (Object.entries(known ?? {}).some(([topic, offset]) => (inputs[topic] ?? 0) < offset)) return;
  store.progress.set(key, inputs);
}

// Cuts what is to be written into pieces, each of them one call of the script in one bucket: no larger than a server can handle
// without making its readers wait.
import type { Offset } from '../../streams/log/log.ts';
import type { ServingBatch, ServingEntry } from '../serving-store.ts';
import { sourceField, type Bucket, type Keys } from './keys.ts';

/** A piece is closed when it has so many bytes. A single record may have more. */
export const PIECE_BYTES_MAX = 512 * 1024;
/** What an entry takes beside its key and value: also bounds how many there are in a piece. */
const ENTRY_BYTES = 64;

/** A run of one source, as far as it concerns one bucket. */
export interface Part {
  readonly source: string;
  /** What must be there. */
  readonly from: Offset;
  readonly nextOffset: Offset;
  readonly entries: readonly ServingEntry[];
}

export type Piece = readonly Part[];

/**
 * Per bucket its pieces, to be written one after the other: a later one that overtakes an earlier one would make it count as old.
 * Each source is named in every bucket, so that all positions of it move.
 */
export function splitWrites(batches: readonly ServingBatch[], keys: Keys): Map<Bucket, Piece[]> {
  const pieces = new Map(keys.buckets.map((bucket) => [bucket, new PiecesOfBucket()]));
  for (const batch of batches) {
    const source = sourceField(batch.topic, batch.partition);
    for (const [bucket, entries] of byBucket(batch.entries, keys))
      pieces.get(bucket)?.add(source, { ...batch, entries });
  }
  return new Map([...pieces].map(([bucket, of]) => [bucket, of.closed()]));
}

function byBucket(entries: readonly ServingEntry[], keys: Keys): Iterable<[Bucket, readonly ServingEntry[]]> {
  const [only] = keys.buckets;
  if (keys.buckets.length === 1 && only !== undefined) return [[only, entries]];
  const split = new Map<Bucket, ServingEntry[]>(keys.buckets.map((bucket) => [bucket, []]));
  for (const entry of entries) split.get(keys.bucketOf(entry.key))?.push(entry);
  return split;
}

class PiecesOfBucket {
  readonly #closed: Piece[] = [];
  #open: Part[] = [];
  #openBytes = 0;

  add(source: string, { from = 0, nextOffset, entries }: ServingBatch): void {
    let start = 0;
    let reached = from;
    for (let at = 0; at < entries.length; at += 1) {
      const entry = entries[at] as ServingEntry; // `at` is below the length
      this.#openBytes += ENTRY_BYTES + entry.key.length + (entry.value?.length ?? 0);
      const next = entries[at + 1];
      // Never between entries of one record: the position would be past both.
      if (next === undefined || this.#openBytes < PIECE_BYTES_MAX || next.offset === entry.offset) continue;
      this.#open.push({ source, from: reached, nextOffset: entry.offset + 1, entries: entries.slice(start, at + 1) });
      reached = entry.offset + 1;
      start = at + 1;
      this.#close();
    }
    this.#open.push({ source, from: reached, nextOffset, entries: start === 0 ? entries : entries.slice(start) });
    if (this.#openBytes >= PIECE_BYTES_MAX) this.#close();
  }

  closed(): Piece[] {
    if (this.#open.length > 0) this.#close();
    return this.#closed;
  }

  #close(): void {
    this.#closed.push(this.#open);
    this.#open = [];
    this.#openBytes = 0;
  }
}

// Picks records out of a stretch of them, as the runs a segment writer takes.
import type { Offset } from '../log.ts';
import { lengthAt, offsetAt, timestampAt, tombstoneWrittenMs } from './record-format.ts';
import type { RecordRun } from './open-block.ts';

/** Whether the record that stands at `at` of `bytes` stays. */
export type Keep = (bytes: Buffer, at: number) => boolean;

/** The records of `bytes` that `keep` keeps, those lying together in one run of about `bytesMax`. `next` is the offset after `bytes`. */
export function* recordRuns(
  source: { bytes: Buffer; next: Offset },
  bytesMax: number,
  keep: Keep,
): Generator<RecordRun> {
  const { bytes } = source;
  let run: OpenRun | undefined;
  let at = 0;
  while (at < bytes.length) {
    const end = at + lengthAt(bytes, at);
    if (keep(bytes, at)) {
      run ??= new OpenRun(bytes, at);
      run.take(at);
    }
    if (run !== undefined && (!run.endsAt(end) || end - run.start >= bytesMax)) {
      yield run.close(end === bytes.length && run.endsAt(end) ? source.next : undefined);
      run = undefined;
    }
    at = end;
  }
  if (run !== undefined) yield run.close(source.next);
}

class OpenRun {
  readonly start: number;
  count = 0;
  readonly #bytes: Buffer;
  #last: number;
  #newestTimestampMs = -Number.MAX_VALUE;
  #oldestTombstoneMs: number | null = null;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.start = start;
    this.#last = start;
  }

  take(at: number): void {
    this.count += 1;
    this.#last = at;
    this.#newestTimestampMs = Math.max(this.#newestTimestampMs, timestampAt(this.#bytes, at));
    const writtenMs = tombstoneWrittenMs(this.#bytes, at);
    if (writtenMs !== undefined) this.#oldestTombstoneMs = Math.min(this.#oldestTombstoneMs ?? Infinity, writtenMs);
  }

  /** Whether the last record taken ends there. */
  endsAt(position: number): boolean {
    return this.#end === position;
  }

  close(next: Offset | undefined): RecordRun {
    return {
      bytes: this.#bytes.subarray(this.start, this.#end),
      first: offsetAt(this.#bytes, this.start),
      next: next ?? offsetAt(this.#bytes, this.#last) + 1,
      count: this.count,
      newestTimestampMs: this.#newestTimestampMs,
      oldestTombstoneMs: this.#oldestTombstoneMs,
    };
  }

  get #end(): number {
    return this.#last + lengthAt(this.#bytes, this.#last);
  }
}

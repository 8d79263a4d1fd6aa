// Where values lie while lmdb writes them: memory that is used again and again.
//
// lmdb-js (3.5.6, `resolveWrites`) drops each value that it has written in a chain of objects that point to the next one. Once one of
// those is old, V8's cheap collections keep all that come after it, and the values with them: 10 MB/s of Buffers under load, all
// of which waited for a collection of the whole heap, every six seconds.

/** Where smaller ones are not worth their while. */
const PIECE_BYTES_MIN = 64 * 1024;
/** Larger ones are rare, and go. */
const PIECE_BYTES_MAX = 8 * 1024 * 1024;
/** As many as there are commits at one time, but for bursts. */
const SPARE_MAX = 16;

export class StagedValues {
  readonly #spare: Buffer[] = [];

  /** At least so many bytes, not cleared: the caller's until it gives them back. */
  take(bytes: number): Buffer {
    const found = this.#spare.findIndex(({ length }) => length >= bytes);
    const [piece] = found < 0 ? [] : this.#spare.splice(found, 1);
    return piece ?? Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES_MIN, 2 ** Math.ceil(Math.log2(bytes))));
  }

  /** lmdb has no use for it any more. */
  giveBack(piece: Buffer): void {
    if (this.#spare.length < SPARE_MAX && piece.length <= PIECE_BYTES_MAX) this.#spare.push(piece);
  }
}

// Memory for what readers of one partition are given, cut from pieces that go when all that was cut from them has gone.
//
// Of one partition, since its records are kept for about as long: in Node's pool, which all share, a record that waits in a queue
// would keep what stands beside it.

const pieceBytes = 16 * 1024;

export class Copies {
  #piece = Buffer.alloc(0);
  #used = 0;

  of(bytes: Buffer): Buffer {
    const { length } = bytes;
    if (length > pieceBytes / 4) return copied(bytes, Buffer.allocUnsafeSlow(length));
    if (this.#used + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(pieceBytes);
      this.#used = 0;
    }
    this.#used += length;
    return copied(bytes, this.#piece.subarray(this.#used - length, this.#used));
  }
}

function copied(from: Buffer, to: Buffer): Buffer {
  from.copy(to);
  return to;
}

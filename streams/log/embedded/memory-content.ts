// A file of the memory disk: what it holds now, and what of it a power loss would leave.

const sectorBytes = 512;

export class MemoryContent {
  length = 0;
  #bytes: Buffer = Buffer.alloc(0);
  /** As of the last sync. */
  #durable: Buffer = Buffer.alloc(0);
  /** Where the two may begin to differ. */
  #dirtyFrom = Infinity;
  /** Where the syncs that have begun and not ended start: a later one that ends first must cover them too. */
  readonly #syncing: number[] = [];

  read(position: number, length: number): Buffer {
    return Buffer.from(this.#bytes.subarray(position, Math.min(position + length, this.length)));
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    this.#grow(position + bytes.length);
    // A gap left by a write past the end reads as zeros, as on a real disk.
    if (position > this.length) this.#bytes.fill(0, this.length, position);
    this.#bytes.set(bytes, position);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, position, this.length);
    this.length = Math.max(this.length, position + bytes.length);
  }

  truncate(length: number): void {
    if (length > this.length) this.write(Buffer.alloc(length - this.length), this.length);
    if (length === this.length) return;
    this.#dirtyFrom = Math.min(this.#dirtyFrom, length);
    this.length = length;
  }

  /** Takes down what a sync that begins now covers; calling the answer makes that durable. */
  beginSync(): () => void {
    const from = Math.min(this.#dirtyFrom, this.length, ...this.#syncing);
    const written = Buffer.from(this.#bytes.subarray(from, this.length));
    this.#dirtyFrom = Infinity;
    this.#syncing.push(from);
    return () => {
      this.#syncing.splice(this.#syncing.indexOf(from), 1);
      this.#durable = Buffer.concat([this.#durable.subarray(0, from), written]);
    };
  }

  /** Any mixture of old and new that sectors written out in any order can leave. */
  afterPowerLoss(random: () => number): MemoryContent {
    const survivor = new MemoryContent();
    const bytes = this.#torn(random);
    survivor.write(bytes, 0);
    survivor.#durable = bytes;
    survivor.#dirtyFrom = Infinity;
    return survivor;
  }

  #torn(random: () => number): Buffer {
    const now = this.#bytes.subarray(0, this.length);
    const from = Math.min(this.#differsFrom(now), now.length);
    const way = random();
    if (way < 0.2) return Buffer.from(this.#durable);
    if (way < 0.4) return Buffer.from(now);
    const cut = from + Math.floor(random() * (now.length - from + 1));
    const torn = Buffer.from(now.subarray(0, cut));
    if (way < 0.7) return torn;
    for (let sector = from; sector < cut; sector += sectorBytes) {
      if (random() < 0.5) this.#forget(torn, sector, Math.min(sector + sectorBytes, cut));
    }
    return torn;
  }

  /** A sync that had begun but not ended may have written anything: then the first difference counts, not `#dirtyFrom`. */
  #differsFrom(now: Buffer): number {
    const common = Math.min(now.length, this.#durable.length);
    let at = 0;
    while (at < common && now[at] === this.#durable[at]) at += 1;
    return at;
  }

  #forget(torn: Buffer, from: number, to: number): void {
    torn.fill(0, from, to);
    torn.set(this.#durable.subarray(from, to), from);
  }

  #grow(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(length, 2 * this.#bytes.length, 1024));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}

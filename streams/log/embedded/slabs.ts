// Memory for frames, cut from larger pieces: thousands of buffers of their own each second would keep the garbage collector busy.

const slabBytes = 256 * 1024;

export class Slabs {
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  #used = 0;

  /** Not cleared. It stays the caller's alone; a slab is freed when nobody has any part of it. */
  take(bytes: number): Buffer {
    if (bytes > slabBytes / 4) return Buffer.allocUnsafeSlow(bytes);
    if (this.#used + bytes > slabBytes) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    this.#used += bytes;
    return this.#slab.subarray(this.#used - bytes, this.#used);
  }
}

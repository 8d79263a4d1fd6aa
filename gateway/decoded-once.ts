// Values by key that are decoded once for as long as their bytes are the same, so that they are the same object as well.
//
// What is asked for a single time, or again only after more others than there is room for, need not be kept: that would push out others, and
// of thousands that live for a second each is carried along by the garbage collector.
import { crc32 } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { areSame, keepable } from './kept-bytes.ts';

interface Codec<V> {
  decode(bytes: Buffer): V;
}

interface Decoded<V> {
  readonly bytes: Buffer;
  readonly value: V;
}

export class DecodedOnce<V extends object> {
  readonly #codec: Codec<V>;
  readonly #kept: LRUCache<string, Decoded<V>>;
  /** Of those that were asked for once a sum of their bytes, by which they are known again. */
  readonly #once: LRUCache<string, number>;

  /** @param max values kept. */
  constructor(codec: Codec<V>, { max }: { readonly max: number }) {
    this.#codec = codec;
    this.#kept = new LRUCache({ max });
    this.#once = new LRUCache({ max });
  }

  /** Those of the value that is kept. */
  bytesOf(key: string): Buffer | undefined {
    return this.#kept.get(key)?.bytes;
  }

  /** What these bytes, read just now, are. null: there is nothing, and nothing of what was there stays in memory. */
  decoded(key: string, bytes: Buffer | null): V | undefined {
    if (bytes === null) {
      this.#forget(key);
      return undefined;
    }
    const kept = this.#kept.peek(key);
    if (kept !== undefined && areSame(kept.bytes, bytes)) return kept.value;
    const value = this.#codec.decode(bytes);
    if (this.#wasThereBefore(key, bytes)) this.#kept.set(key, { bytes: keepable(bytes), value });
    else this.#kept.delete(key);
    return value;
  }

  /** Whether the same object is answered from now on. */
  isKept(key: string, value: V): boolean {
    return this.#kept.peek(key)?.value === value;
  }

  #wasThereBefore(key: string, bytes: Buffer): boolean {
    const sum = crc32(bytes);
    const wasThere = this.#once.get(key) === sum;
    if (!wasThere) this.#once.set(key, sum);
    return wasThere;
  }

  #forget(key: string): void {
    this.#kept.delete(key);
    this.#once.delete(key);
  }
}

// Which values may have changed, told to all threads of the process: whoever knows a value need not read it again to see that it is
// still the same.
//
// Each key has one of many counters, which other keys may share: then a value is read again although nothing happened to it.

const counters = 2 ** 16;

/** For the marks of one store. */
export function changeMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(counters * Int32Array.BYTES_PER_ELEMENT);
}

export class ChangeMarks {
  readonly #counters: Int32Array;
  /** By the values themselves, so that nothing is remembered of what nobody knows any more. */
  readonly #seen = new WeakMap<Buffer, number>();

  /** `memory`: from `changeMemory`, the same for all threads. */
  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory);
  }

  /** To be called after the new value can be read, and before anybody is told that it is there. */
  changed(collection: string, key: string): void {
    Atomics.add(this.#counters, counterOf(collection, key), 1);
  }

  /** Anything may have. */
  changedAll(): void {
    for (let counter = 0; counter < counters; counter += 1) Atomics.add(this.#counters, counter, 1);
  }

  /** What is there now: `known`, if nothing has happened to the key since it was answered here, else what `read` answers. */
  read<T>(collection: string, key: string, known: Buffer | null | undefined, read: () => T): T | Buffer {
    if (known === null || known === undefined) return read();
    // Before it is read: what happens meanwhile counts as not seen yet.
    const mark = Atomics.load(this.#counters, counterOf(collection, key));
    if (this.#seen.get(known) === mark) return known;
    const value = read();
    if ((value as unknown) === known) this.#seen.set(known, mark);
    return value;
  }
}

/** FNV-1a over both names. */
function counterOf(collection: string, key: string): number {
  return (mixed(mixed(0x811c9dc5, collection), key) >>> 0) % counters;
}

function mixed(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

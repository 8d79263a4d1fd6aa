// Typed arrays in one memory, and the arithmetic of source/kernels.ts on them. The memory is shared, so that threads can divide rows
// among them.
import { KERNELS_WASM } from './kernels-wasm.ts';

/** Rows are filled up to so many numbers: what one instruction takes. */
const LANES = 4;
const PAGE_BYTES = 65_536;
const PAGES_MAX = 65_536;
const ALIGN_BYTES = 16;

export interface Kernels {
  gramOf(y: number, rows: number, width: number, gram: number): void;
  multiplyRows(from: number, rows: number, width: number, m: number, to: number): void;
  scoreRows(y: number, rows: number, width: number, x: number, scores: number): void;
  subtractProducts(a: number, b: number, c: number, size: number, stride: number, bytes: number): void;
  spread(start: number, partners: number, rows: number, own: number, others: number, from: number, width: number, to: number): void; // prettier-ignore
  solveRows(first: number, last: number, own: number, start: number, partners: number, y: number, width: number, gram: number, lambdas: number, steps: number, scratch: number): void; // prettier-ignore
}

export class Arena {
  /** Takes the byteOffset of arrays of this arena, and of no other. */
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  #used = ALIGN_BYTES;

  /** @throws RangeError when it is more than 4 GB. */
  constructor(bytes: number) {
    const pages = Math.ceil((bytes + ALIGN_BYTES) / PAGE_BYTES);
    if (pages > PAGES_MAX) throw new RangeError(`${bytes} bytes are more than an arena holds`);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: PAGES_MAX, shared: true });
    this.kernels = kernelsOn(this.memory);
  }

  get bytes(): number {
    return this.#used;
  }

  /** Zeros. @throws RangeError when the arena is full. */
  floats(count: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.#take(4 * count), count);
  }

  /** Zeros. @throws RangeError when the arena is full. */
  doubles(count: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.#take(8 * count), count);
  }

  copyOf(numbers: Int32Array): Int32Array {
    const copy = new Int32Array(this.memory.buffer, this.#take(4 * numbers.length), numbers.length);
    copy.set(numbers);
    return copy;
  }

  #take(bytes: number): number {
    const at = this.#used;
    this.#used += Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES;
    if (this.#used > this.memory.buffer.byteLength) throw new RangeError('the arena is full');
    return at;
  }
}

/** Bytes that arrays of these lengths take together. */
export function arenaBytes(...counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + Math.ceil((4 * count) / ALIGN_BYTES) * ALIGN_BYTES, 0);
}

export function padded(width: number): number {
  return Math.ceil(width / LANES) * LANES;
}

let compiled: WebAssembly.Module | undefined;

export function kernelsOn(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as Kernels; // the names and numbers of parameters are those of source/kernels.ts
}

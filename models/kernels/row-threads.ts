// Rows of one system solved by several threads at once. Each row is solved alone and by the same instructions, so that the result has the
// same bits whoever solves it. The thread that asks takes part and waits for the others without giving way: models stay plain functions.
import { Worker } from 'node:worker_threads';
import type { Arena, Kernels } from './arena.ts';

/** Where in the shared numbers each is. */
export const JOB = { ready: 0, number: 1, done: 2, next: 3, rows: 4, arguments: 5 } as const;

export interface ThreadData {
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  /** Which rows of the scratch are its own. */
  readonly index: number;
}

/** Addresses and sizes as `solveRows` takes them, after first and last row. */
export interface RowSystem {
  readonly own: number;
  readonly start: number;
  readonly partners: number;
  readonly y: number;
  readonly width: number;
  readonly gram: number;
  readonly lambdas: number;
  readonly steps: number;
  /** As many as there are threads, of three rows each. */
  readonly scratch: number;
}

/** Rows taken at a time: enough to be worth taking, and few enough that no thread is left with a long rest. */
const CHUNK_ROWS = 128;
const CONTROL_NUMBERS = 16;
/** A thread that has not begun by then is left out, with all others. */
const START_MS_MAX = 5000;
const FLOAT_BYTES = 4;
const SCRATCH_ROWS = 3;

export class RowThreads {
  readonly #kernels: Kernels;
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_NUMBERS * Int32Array.BYTES_PER_ELEMENT));
  readonly #helpers: number;

  /** @param threads all together, this one too. */
  constructor({ kernels, memory }: Arena, threads: number) {
    this.#kernels = kernels;
    const file = new URL('thread.ts', import.meta.url);
    for (let index = 1; index < threads; index += 1)
      new Worker(file, { workerData: { memory, control: this.#control, index } satisfies ThreadData }).unref();
    this.#helpers = this.#allReady(threads - 1) ? threads - 1 : 0;
  }

  solve(rows: number, system: RowSystem): void {
    const control = this.#control;
    control[JOB.rows] = rows;
    control.set([system.own, system.start, system.partners, system.y, system.width, system.gram, system.lambdas, system.steps, system.scratch], JOB.arguments); // prettier-ignore
    Atomics.store(control, JOB.next, 0);
    Atomics.store(control, JOB.done, 0);
    if (this.#helpers > 0) {
      Atomics.add(control, JOB.number, 1);
      Atomics.notify(control, JOB.number);
    }
    solveShare(this.#kernels, control, 0);
    for (let done = Atomics.load(control, JOB.done); done < this.#helpers; done = Atomics.load(control, JOB.done))
      Atomics.wait(control, JOB.done, done);
  }

  /** Lets the other threads end. To be called when all is solved. */
  close(): void {
    Atomics.store(this.#control, JOB.number, -1);
    Atomics.notify(this.#control, JOB.number);
  }

  #allReady(count: number): boolean {
    for (let ready = 0; ready < count; ready = Atomics.load(this.#control, JOB.ready)) {
      if (Atomics.wait(this.#control, JOB.ready, ready, START_MS_MAX) !== 'timed-out') continue;
      this.close();
      return false;
    }
    return true;
  }
}

/** Takes rows until none are left. */
export function solveShare(kernels: Kernels, control: Int32Array, index: number): void {
  const rows = control[JOB.rows] as number;
  const [own, start, partners, y, width, gram, lambdas, steps, scratch] = control.subarray(JOB.arguments) as unknown as [number, number, number, number, number, number, number, number, number]; // prettier-ignore
  // Addresses past 2 GB became negative in the signed numbers.
  const scratchOfOwn = (scratch >>> 0) + index * SCRATCH_ROWS * width * FLOAT_BYTES;
  for (;;) {
    const first = Atomics.add(control, JOB.next, 1) * CHUNK_ROWS;
    if (first >= rows) return;
    kernels.solveRows(first, Math.min(rows, first + CHUNK_ROWS), own, start, partners, y, width, gram, lambdas, steps, scratchOfOwn); // prettier-ignore
  }
}

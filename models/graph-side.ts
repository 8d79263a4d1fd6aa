// One side of the graph of who had what, in an arena: what each row is joined to, and what its entries are multiplied by.
import type { Arena } from './kernels/arena.ts';

export interface Side {
  readonly start: Int32Array;
  readonly partners: Int32Array;
  readonly norms: Float32Array;
}

export function sideOf(arena: Arena, start: Int32Array, partners: Int32Array, norms: Float64Array): Side {
  const own = arena.floats(norms.length);
  own.set(norms);
  return { start: arena.copyOf(start), partners: arena.copyOf(partners), norms: own };
}

/** Adds to each row of `own` what its partners have: to += R̃ · from, all arrays of the arena, by row × width. */
export function spread(
  arena: Arena,
  own: Side,
  others: Side,
  from: Float32Array,
  to: Float32Array,
  width: number,
): void {
  const [start, partners, norms] = [own.start, own.partners, own.norms].map(({ byteOffset }) => byteOffset) as [number, number, number]; // prettier-ignore
  arena.kernels.spread(start, partners, own.norms.length, norms, others.norms.byteOffset, from.byteOffset, width, to.byteOffset); // prettier-ignore
}

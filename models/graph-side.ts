// One side of the graph of who had what, in an arena: what each row is joined to, and the norm that its entries are multiplied by.
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

/** Adds to each row of `to` what its partners have: to += R̃ · from, both arrays of the arena, by row × width. */
export function spread(
  arena: Arena,
  own: Side,
  others: Side,
  from: Float32Array,
  width: number,
  to: Float32Array,
): void {
  arena.kernels.spread(
    own.start.byteOffset,
    own.partners.byteOffset,
    own.norms.length,
    own.norms.byteOffset,
    others.norms.byteOffset,
    from.byteOffset,
    width,
    to.byteOffset,
  );
}

/** 1 ÷ √(entries of each row); 0 for empty rows. */
export function inverseRoots(start: Int32Array): Float64Array {
  return Float64Array.from({ length: start.length - 1 }, (_, row) => {
    const count = (start[row + 1] as number) - (start[row] as number);
    return count === 0 ? 0 : 1 / Math.sqrt(count);
  });
}

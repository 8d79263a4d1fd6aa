// The inverse of large symmetric positive definite matrices, block by block (Golub and Van Loan, "Matrix computations", 4th edition, sections
// 3.1.8 and 4.2.9): A = L·Lᵀ, Z = L⁻ᵀ, A⁻¹ = Z·Zᵀ. Everything is arranged so that the bulk of the work is products of rows with rows, which
// `subtractProducts` does.
import { Arena } from './kernels/arena.ts';

/** Rows and columns treated at once: two blocks of doubles fit the first cache. */
const BLOCK = 32;
const DOUBLE_BYTES = 8;

/** A matrix to fill in and then invert. Its rows are longer than asked for: what is past the end is the identity. */
export class Invertible {
  /** Row by row, `stride` apart; of the input only the lower half is read. */
  readonly cells: Float64Array;
  readonly stride: number;
  readonly #arena: Arena;
  readonly #z: Float64Array;

  /** All zeros. */
  constructor(size: number) {
    this.stride = Math.ceil(size / BLOCK) * BLOCK;
    const cells = this.stride ** 2;
    this.#arena = new Arena(2 * cells * DOUBLE_BYTES);
    this.cells = this.#arena.doubles(cells);
    this.#z = this.#arena.doubles(cells);
    for (let at = size; at < this.stride; at += 1) this.cells[at * this.stride + at] = 1;
  }

  /**
   * Puts the inverse, negated, in the place of the matrix, whole. To be called once.
   *
   * @throws RangeError when the matrix is not positive definite.
   */
  toNegativeInverse(): void {
    for (let begin = 0; begin < this.stride; begin += BLOCK) this.#factor(begin);
    for (let begin = 0; begin < this.stride; begin += BLOCK) this.#invertColumns(begin);
    this.#multiply();
  }

  /** One block of columns of L; then the rest of the matrix no longer depends on it. */
  #factor(begin: number): void {
    const [a, n] = [this.cells, this.stride];
    const end = begin + BLOCK;
    for (let column = begin; column < end; column += 1) {
      this.#solveRow(column, begin, column);
      let rest = a[column * n + column] as number;
      for (let at = begin; at < column; at += 1) rest -= (a[column * n + at] as number) ** 2;
      if (!(rest > 0)) throw new RangeError(`not positive definite: row ${column} leaves ${rest}`);
      a[column * n + column] = Math.sqrt(rest);
    }
    for (let row = end; row < n; row += 1) this.#solveRow(row, begin, end);
    for (let row = end; row < n; row += BLOCK)
      for (let column = end; column <= row; column += BLOCK) this.#subtract(a, row, a, column, a, row, column, begin, BLOCK); // prettier-ignore
  }

  #solveRow(row: number, begin: number, end: number): void {
    const [a, n] = [this.cells, this.stride];
    for (let column = begin; column < end; column += 1) {
      let sum = a[row * n + column] as number;
      for (let at = begin; at < column; at += 1) sum -= (a[row * n + at] as number) * (a[column * n + at] as number);
      a[row * n + column] = sum / (a[column * n + column] as number);
    }
  }

  /** One block of columns of Z, from those before: Z[c, r] = ([c = r] − Σ L[r, k] · Z[c, k] over k < r) ÷ L[r, r]. */
  #invertColumns(begin: number): void {
    const [l, z, n] = [this.cells, this.#z, this.stride];
    const end = begin + BLOCK;
    for (let row = 0; row < begin; row += BLOCK) this.#subtract(z, row, l, begin, z, row, begin, row, begin - row);
    for (let row = 0; row < end; row += 1) {
      for (let column = Math.max(row, begin); column < end; column += 1) {
        let sum = row === column ? 1 : (z[row * n + column] as number);
        for (let at = begin; at < column; at += 1) sum -= (l[column * n + at] as number) * (z[row * n + at] as number);
        z[row * n + column] = sum / (l[column * n + column] as number);
      }
    }
  }

  /** −Z·Zᵀ, where Z[row, k] is 0 for k < row. */
  #multiply(): void {
    const [a, z, n] = [this.cells, this.#z, this.stride];
    a.fill(0);
    for (let row = 0; row < n; row += BLOCK)
      for (let column = 0; column <= row; column += BLOCK) this.#subtract(z, row, z, column, a, row, column, row, n - row); // prettier-ignore
    for (let row = 0; row < n; row += 1)
      for (let column = row + 1; column < n; column += 1) a[row * n + column] = a[column * n + row] as number;
  }

  /** to[toRow …, toColumn …] −= a[aRow …, k] · b[bRow …, k] over `count` of k from `from`, for one block. */
  #subtract(
    a: Float64Array,
    aRow: number,
    b: Float64Array,
    bRow: number,
    to: Float64Array,
    toRow: number,
    toColumn: number,
    from: number,
    count: number,
  ): void {
    // prettier-ignore
    const n = this.stride;
    const address = (matrix: Float64Array, row: number, column: number) => matrix.byteOffset + (row * n + column) * DOUBLE_BYTES; // prettier-ignore
    this.#arena.kernels.subtractProducts(address(a, aRow, from), address(b, bRow, from), address(to, toRow, toColumn), BLOCK, n * DOUBLE_BYTES, count * DOUBLE_BYTES); // prettier-ignore
  }
}

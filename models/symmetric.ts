// Dense symmetric positive definite matrices, row by row in one typed array; of the input only the lower half is read.

/** Rows and columns treated at once: three blocks of doubles fit the first cache. */
const BLOCK = 32;

/**
 * Replaces the lower half of A by L with A = L·Lᵀ, block by block (Golub and Van Loan, "Matrix computations", 4th edition, section 4.2.9).
 *
 * @throws RangeError when A is not positive definite.
 */
export function cholesky(a: Float64Array, n: number): void {
  for (let begin = 0; begin < n; begin += BLOCK) {
    const end = Math.min(n, begin + BLOCK);
    factorDiagonal(a, n, begin, end);
    for (let row = end; row < n; row += 1) solveRow(a, n, row, begin, end);
    for (let row = end; row < n; row += BLOCK) {
      for (let column = end; column <= row; column += BLOCK) subtractProduct(a, n, row, column, begin, end);
    }
  }
}

/** Solves L·Lᵀ·x = b, in place of b. */
export function solveFactored(l: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row += 1) {
    let sum = b[row] as number;
    for (let column = 0; column < row; column += 1) sum -= (l[row * n + column] as number) * (b[column] as number);
    b[row] = sum / (l[row * n + row] as number);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    const x = (b[row] as number) / (l[row * n + row] as number);
    b[row] = x;
    for (let column = 0; column < row; column += 1)
      b[column] = (b[column] as number) - (l[row * n + column] as number) * x;
  }
}

function factorDiagonal(a: Float64Array, n: number, begin: number, end: number): void {
  for (let column = begin; column < end; column += 1) {
    solveRow(a, n, column, begin, column);
    let rest = a[column * n + column] as number;
    for (let at = begin; at < column; at += 1) rest -= (a[column * n + at] as number) ** 2;
    if (!(rest > 0)) throw new RangeError(`not positive definite: row ${column} leaves ${rest}`);
    a[column * n + column] = Math.sqrt(rest);
  }
}

/** A row's part under the diagonal block, once that is factored. */
function solveRow(a: Float64Array, n: number, row: number, begin: number, end: number): void {
  const first = row * n;
  for (let column = begin; column < end; column += 1) {
    const other = column * n;
    let sum = a[first + column] as number;
    for (let at = begin; at < column; at += 1) sum -= (a[first + at] as number) * (a[other + at] as number);
    a[first + column] = sum / (a[other + column] as number);
  }
}

/** A[rows, columns] −= L[rows, begin…end] · L[columns, begin…end]ᵀ for one block, two rows and two columns at a time. */
function subtractProduct(a: Float64Array, n: number, row0: number, column0: number, begin: number, end: number): void {
  const rowEnd = Math.min(n, row0 + BLOCK);
  const columnEnd = Math.min(n, column0 + BLOCK);
  let row = row0;
  for (; row + 1 < rowEnd; row += 2) {
    let column = column0;
    for (; column + 1 < columnEnd; column += 2) subtractFour(a, n, row, column, begin, end);
    for (; column < columnEnd; column += 1) {
      a[row * n + column] = (a[row * n + column] as number) - dotRows(a, n, row, column, begin, end);
      a[(row + 1) * n + column] = (a[(row + 1) * n + column] as number) - dotRows(a, n, row + 1, column, begin, end);
    }
  }
  for (; row < rowEnd; row += 1) {
    for (let column = column0; column < columnEnd; column += 1)
      a[row * n + column] = (a[row * n + column] as number) - dotRows(a, n, row, column, begin, end);
  }
}

function subtractFour(a: Float64Array, n: number, row: number, column: number, begin: number, end: number): void {
  let r0 = row * n + begin;
  let r1 = r0 + n;
  let c0 = column * n + begin;
  let c1 = c0 + n;
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  for (let at = begin; at < end; at += 1) {
    const x0 = a[r0++] as number;
    const x1 = a[r1++] as number;
    const y0 = a[c0++] as number;
    const y1 = a[c1++] as number;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s10 += x1 * y0;
    s11 += x1 * y1;
  }
  const place = row * n + column;
  a[place] = (a[place] as number) - s00;
  a[place + 1] = (a[place + 1] as number) - s01;
  a[place + n] = (a[place + n] as number) - s10;
  a[place + n + 1] = (a[place + n + 1] as number) - s11;
}

function dotRows(a: Float64Array, n: number, row: number, column: number, begin: number, end: number): number {
  let sum = 0;
  for (let at = begin; at < end; at += 1) sum += (a[row * n + at] as number) * (a[column * n + at] as number);
  return sum;
}

/** L becomes its inverse: row r is −(1/L_rr) · Σ L_rk · row k, plus 1/L_rr at its end. Rows above are inverted already. */
export function invertLower(a: Float64Array, n: number): void {
  const sums = new Float64Array(n);
  for (let row = 0; row < n; row += 1) {
    sums.fill(0, 0, row);
    for (let k = 0; k < row; k += 1) {
      const scale = a[row * n + k] as number;
      for (let column = 0; column <= k; column += 1)
        sums[column] = (sums[column] as number) + scale * (a[k * n + column] as number);
    }
    const scale = 1 / (a[row * n + row] as number);
    for (let column = 0; column < row; column += 1) a[row * n + column] = -scale * (sums[column] as number);
    a[row * n + row] = scale;
  }
}

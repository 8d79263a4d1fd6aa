// Dense single precision arithmetic, four numbers at a time: AssemblyScript, made into `../kernels-wasm.ts` by `npm run kernels`. All
// matrices lie row by row; `width` is a multiple of 4, what fills it up is 0. Addresses are bytes. The order of all sums is fixed, so that
// the same numbers give the same bits on every machine.

/** Rows of a chunk that a tile of a gram matrix runs over before the next tile: they fit the first cache. */
const GRAM_CHUNK: usize = 64;

// @ts-ignore: decorator
@inline
function fma(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
function sumOf(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1) + (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  );
}

// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, bytes: usize): f32 {
  // Two sums, so that one does not have to wait for the other.
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    even = fma(even, v128.load(a + at), v128.load(b + at));
    odd = fma(odd, v128.load(a + at + 16), v128.load(b + at + 16));
  }
  if (at < bytes) even = fma(even, v128.load(a + at), v128.load(b + at));
  return sumOf(f32x4.add(even, odd));
}

/** to += scale · from */
// @ts-ignore: decorator
@inline
function addScaled(to: usize, from: usize, scale: f32, bytes: usize): void {
  const factor = f32x4.splat(scale);
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, fma(v128.load(to + at), factor, v128.load(from + at)));
}

/** gram = Yᵀ·Y, whole. */
export function gramOf(y: usize, rows: usize, width: usize, gram: usize): void {
  const stride = width << 2;
  memory.fill(gram, 0, stride * width);
  for (let first: usize = 0; first < rows; first += GRAM_CHUNK) {
    const chunk = min(GRAM_CHUNK, rows - first);
    const begin = y + first * stride;
    for (let row: usize = 0; row < width; row += 4)
      for (let column: usize = 0; column <= row; column += 4) gramTile(begin, chunk, stride, gram, row, column);
  }
  for (let row: usize = 0; row < width; row += 1)
    for (let column = row + 1; column < width; column += 1)
      store<f32>(gram + row * stride + (column << 2), load<f32>(gram + column * stride + (row << 2)));
}

// @ts-ignore: decorator
@inline
function gramTile(y: usize, rows: usize, stride: usize, gram: usize, row: usize, column: usize): void {
  let g0 = f32x4.splat(0);
  let g1 = f32x4.splat(0);
  let g2 = f32x4.splat(0);
  let g3 = f32x4.splat(0);
  const end = y + rows * stride;
  for (let each = y; each < end; each += stride) {
    const right = v128.load(each + (column << 2));
    const left = each + (row << 2);
    g0 = fma(g0, v128.load32_splat(left), right);
    g1 = fma(g1, v128.load32_splat(left + 4), right);
    g2 = fma(g2, v128.load32_splat(left + 8), right);
    g3 = fma(g3, v128.load32_splat(left + 12), right);
  }
  const to = gram + row * stride + (column << 2);
  v128.store(to, f32x4.add(v128.load(to), g0));
  v128.store(to + stride, f32x4.add(v128.load(to + stride), g1));
  v128.store(to + 2 * stride, f32x4.add(v128.load(to + 2 * stride), g2));
  v128.store(to + 3 * stride, f32x4.add(v128.load(to + 3 * stride), g3));
}

/** to = from · M for `rows` rows, M being width × width: four rows and eight columns at a time; `rows` is a multiple of 4. */
export function multiplyRows(from: usize, rows: usize, width: usize, m: usize, to: usize): void {
  const stride = width << 2;
  for (let row: usize = 0; row < rows; row += 4)
    for (let column: usize = 0; column < width; column += 4)
      multiplyTile(from + row * stride, stride, width, m + (column << 2), to + row * stride + (column << 2));
}

// @ts-ignore: decorator
@inline
function multiplyTile(from: usize, stride: usize, width: usize, m: usize, to: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let right = m;
  for (let at = from; at < from + stride; at += 4) {
    const cell = v128.load(right);
    s0 = fma(s0, v128.load32_splat(at), cell);
    s1 = fma(s1, v128.load32_splat(at + stride), cell);
    s2 = fma(s2, v128.load32_splat(at + 2 * stride), cell);
    s3 = fma(s3, v128.load32_splat(at + 3 * stride), cell);
    right += stride;
  }
  v128.store(to, s0);
  v128.store(to + stride, s1);
  v128.store(to + 2 * stride, s2);
  v128.store(to + 3 * stride, s3);
}

/** scores[row] = y[row] · x, four rows at a time. */
export function scoreRows(y: usize, rows: usize, width: usize, x: usize, scores: usize): void {
  const stride = width << 2;
  let row: usize = 0;
  for (; row + 4 <= rows; row += 4) {
    const y0 = y + row * stride;
    const y1 = y0 + stride;
    const y2 = y1 + stride;
    const y3 = y2 + stride;
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      const part = v128.load(x + at);
      s0 = fma(s0, v128.load(y0 + at), part);
      s1 = fma(s1, v128.load(y1 + at), part);
      s2 = fma(s2, v128.load(y2 + at), part);
      s3 = fma(s3, v128.load(y3 + at), part);
    }
    const to = scores + (row << 2);
    store<f32>(to, sumOf(s0));
    store<f32>(to + 4, sumOf(s1));
    store<f32>(to + 8, sumOf(s2));
    store<f32>(to + 12, sumOf(s3));
  }
  for (; row < rows; row += 1) store<f32>(scores + (row << 2), dot(y + row * stride, x, stride));
}

/** Row by row of `to`: to += own[row] · Σ others[partner] · from[partner], over the row's partners. */
export function spread(start: usize, partners: usize, rows: usize, own: usize, others: usize, from: usize, width: usize, to: usize): void {
  if (width == 8) return spreadEight(start, partners, rows, own, others, from, to);
  const stride = width << 2;
  for (let row: usize = 0; row < rows; row += 1) {
    const begin = <usize>load<i32>(start + (row << 2));
    const end = <usize>load<i32>(start + (row << 2) + 4);
    const scale = load<f32>(own + (row << 2));
    for (let place = begin; place < end; place += 1) {
      const partner = <usize>load<i32>(partners + (place << 2));
      addScaled(to + row * stride, from + partner * stride, scale * load<f32>(others + (partner << 2)), stride);
    }
  }
}

/** The same, to the same bits, for rows that fit two registers. */
// @ts-ignore: decorator
@inline
function spreadEight(start: usize, partners: usize, rows: usize, own: usize, others: usize, from: usize, to: usize): void {
  for (let row: usize = 0; row < rows; row += 1) {
    const end = partners + (<usize>load<i32>(start + (row << 2) + 4) << 2);
    const scale = load<f32>(own + (row << 2));
    let left = v128.load(to + (row << 5));
    let right = v128.load(to + (row << 5) + 16);
    for (let place = partners + (<usize>load<i32>(start + (row << 2)) << 2); place < end; place += 4) {
      const partner = <usize>load<i32>(place);
      const factor = f32x4.splat(scale * load<f32>(others + (partner << 2)));
      left = fma(left, factor, v128.load(from + (partner << 5)));
      right = fma(right, factor, v128.load(from + (partner << 5) + 16));
    }
    v128.store(to + (row << 5), left);
    v128.store(to + (row << 5) + 16, right);
  }
}

/** product = (G + λ + Σ y·yᵀ over the partners) · x */
// @ts-ignore: decorator
@inline
function applySystem(x: usize, gram: usize, lambda: f32, from: usize, until: usize, y: usize, stride: usize, product: usize): void {
  const factor = f32x4.splat(lambda);
  for (let at: usize = 0; at < stride; at += 16) v128.store(product + at, f32x4.mul(factor, v128.load(x + at)));
  let row: usize = gram;
  for (let each: usize = 0; each < stride; each += 16) {
    const x0 = v128.load32_splat(x + each);
    const x1 = v128.load32_splat(x + each + 4);
    const x2 = v128.load32_splat(x + each + 8);
    const x3 = v128.load32_splat(x + each + 12);
    for (let at: usize = 0; at < stride; at += 16) {
      const even = fma(f32x4.mul(x0, v128.load(row + at)), x1, v128.load(row + stride + at));
      const odd = fma(f32x4.mul(x2, v128.load(row + 2 * stride + at)), x3, v128.load(row + 3 * stride + at));
      v128.store(product + at, f32x4.add(v128.load(product + at), f32x4.add(even, odd)));
    }
    row += 4 * stride;
  }
  for (let place = from; place < until; place += 4) {
    const partner = y + <usize>load<i32>(place) * stride;
    addScaled(product, partner, dot(partner, x, stride), stride);
  }
}

/**
 * For rows first … last − 1 of `own`: a few steps of conjugate gradients towards (G + λ·row + Σ y·yᵀ) · x = Σ y, from where x is. `scratch` has
 * three rows.
 */
export function solveRows(
  first: usize,
  last: usize,
  own: usize,
  start: usize,
  partners: usize,
  y: usize,
  width: usize,
  gram: usize,
  lambdas: usize,
  steps: usize,
  scratch: usize,
): void {
  const stride = width << 2;
  const residual = scratch;
  const direction = scratch + stride;
  const product = scratch + 2 * stride;
  for (let row: usize = first; row < last; row += 1) {
    const x = own + row * stride;
    const from = partners + (<usize>load<i32>(start + (row << 2)) << 2);
    const until = partners + (<usize>load<i32>(start + (row << 2) + 4) << 2);
    if (from === until) {
      memory.fill(x, 0, stride);
      continue;
    }
    const lambda = load<f32>(lambdas + (row << 2));
    applySystem(x, gram, lambda, from, until, y, stride, product);
    memory.fill(residual, 0, stride);
    for (let place = from; place < until; place += 4) addScaled(residual, y + <usize>load<i32>(place) * stride, 1, stride);
    addScaled(residual, product, -1, stride);
    memory.copy(direction, residual, stride);
    let size = dot(residual, residual, stride);
    for (let step: usize = 0; step < steps && size > 1e-12; step += 1) {
      applySystem(direction, gram, lambda, from, until, y, stride, product);
      const length = size / dot(direction, product, stride);
      addScaled(x, direction, length, stride);
      addScaled(residual, product, -length, stride);
      const rest = dot(residual, residual, stride);
      const turn = f32x4.splat(rest / size);
      for (let at: usize = 0; at < stride; at += 16)
        v128.store(direction + at, fma(v128.load(residual + at), turn, v128.load(direction + at)));
      size = rest;
    }
  }
}

// @ts-ignore: decorator
@inline
function sumOfTwo(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}

// @ts-ignore: decorator
@inline
function fma2(sum: v128, a: v128, b: v128): v128 {
  return f64x2.add(sum, f64x2.mul(a, b));
}

// @ts-ignore: decorator
@inline
function subtractAt(cell: usize, lanes: v128): void {
  store<f64>(cell, load<f64>(cell) - sumOfTwo(lanes));
}

/**
 * In double precision, C[i, j] −= Σ A[i, k] · B[j, k] over `bytes` of k for `size` rows i and j, a multiple of 4; all three have rows of `stride`
 * bytes.
 */
export function subtractProducts(a: usize, b: usize, c: usize, size: usize, stride: usize, bytes: usize): void {
  for (let row: usize = 0; row < size; row += 4)
    for (let column: usize = 0; column < size; column += 2)
      subtractTile(a + row * stride, b + column * stride, c + row * stride + (column << 3), stride, bytes);
}

/** Four rows and two columns. */
// @ts-ignore: decorator
@inline
function subtractTile(a: usize, b: usize, c: usize, stride: usize, bytes: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = f64x2.splat(0);
  let s10 = f64x2.splat(0);
  let s11 = f64x2.splat(0);
  let s20 = f64x2.splat(0);
  let s21 = f64x2.splat(0);
  let s30 = f64x2.splat(0);
  let s31 = f64x2.splat(0);
  const a1 = a + stride;
  const a2 = a1 + stride;
  const a3 = a2 + stride;
  const b1 = b + stride;
  for (let at: usize = 0; at < bytes; at += 16) {
    const y0 = v128.load(b + at);
    const y1 = v128.load(b1 + at);
    const x0 = v128.load(a + at);
    s00 = fma2(s00, x0, y0);
    s01 = fma2(s01, x0, y1);
    const x1 = v128.load(a1 + at);
    s10 = fma2(s10, x1, y0);
    s11 = fma2(s11, x1, y1);
    const x2 = v128.load(a2 + at);
    s20 = fma2(s20, x2, y0);
    s21 = fma2(s21, x2, y1);
    const x3 = v128.load(a3 + at);
    s30 = fma2(s30, x3, y0);
    s31 = fma2(s31, x3, y1);
  }
  subtractAt(c, s00);
  subtractAt(c + 8, s01);
  subtractAt(c + stride, s10);
  subtractAt(c + stride + 8, s11);
  subtractAt(c + 2 * stride, s20);
  subtractAt(c + 2 * stride + 8, s21);
  subtractAt(c + 3 * stride, s30);
  subtractAt(c + 3 * stride + 8, s31);
}

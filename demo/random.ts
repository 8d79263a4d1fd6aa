// Seeded randomness for the demonstration shop: the same numbers in, the same numbers out, on every machine.
import { normal } from '../models/normal.ts';

/** A stream of random numbers with the draws that the shop needs. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform among 0 … count − 1. */
  index(count: number): number;
  /** Uniform between two bounds. */
  between(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Normal with mean 0 and deviation 1. */
  normal(): number;
  pick<T>(choices: readonly T[]): T;
  /** An index, each as probable as its weight. Weights need not sum to one. */
  weighted(weights: ArrayLike<number>): number;
}

/** A stream of its own for every combination of parts, so that anything can be drawn without drawing what came before. */
export function randomFor(...parts: readonly number[]): Random {
  const draw = sfc32(hash(1, parts), hash(2, parts), hash(3, parts), 1);
  const next = () => draw() / 2 ** 32;
  const index = (count: number) => Math.floor(next() * count);
  return {
    next,
    index,
    between: (low, high) => low + (high - low) * next(),
    chance: (probability) => next() < probability,
    normal: () => normal(next),
    pick: (choices) => chosen(choices, index(choices.length)),
    weighted: (weights) => weightedIndex(weights, next()),
  };
}

/** 32 well-mixed bits of some numbers. */
export function hash(salt: number, parts: readonly number[]): number {
  let bits = Math.imul(salt, 0x9e3779b1) >>> 0;
  for (const part of parts) {
    bits = mixed(bits ^ (part >>> 0));
    bits = mixed(bits ^ (Math.floor(part / 2 ** 32) >>> 0));
  }
  return bits;
}

function mixed(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Chris Doty-Humphrey's small fast counting generator: 128 bits of state, passes the usual batteries. */
function sfc32(a: number, b: number, c: number, counter: number): () => number {
  const draw = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 8; warmUp += 1) draw();
  return draw;
}

function weightedIndex(weights: ArrayLike<number>, uniform: number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i += 1) total += weights[i] ?? 0;
  let left = uniform * total;
  for (let i = 0; i < weights.length; i += 1) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

function chosen<T>(choices: readonly T[], index: number): T {
  if (index >= choices.length) throw new RangeError('nothing to choose from');
  return choices[index] as T; // in bounds, by the line above
}

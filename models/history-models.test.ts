// The models for lists by history, each against its definition on a matrix small enough to work it out the slow way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { Ease, EASE_ITEMS_MAX } from './ease.ts';
import type { HistoryModel } from './history-model.ts';
import { ImplicitAls } from './implicit-als.ts';
import { InteractionMatrix } from './interaction-matrix.ts';
import { ItemNeighbours } from './item-neighbours.ts';
import { ScoreBlend } from './score-blend.ts';
import { SpectralFilter, spectralBasis } from './spectral-filter.ts';

const histories = [[0, 1, 2], [0, 1], [1, 2, 3], [3, 4], [2, 3, 4], [0, 4]]; // prettier-ignore
const matrix = new InteractionMatrix(histories, 5);
const ones = histories.map((history) => Array.from({ length: 5 }, (_, item) => (history.includes(item) ? 1 : 0)));

function scoresOf(model: HistoryModel, ...history: number[]): number[] {
  const scores = new Float64Array(5);
  model.score(Int32Array.from(history), scores);
  return [...scores];
}

function filterOf(trained: InteractionMatrix, vectors: number, lowPassWeight: number, sharpening = 0): SpectralFilter {
  const basis = spectralBasis(trained, vectors, seededRandom(1));
  return new SpectralFilter(trained, { vectors, lowPassWeight, sharpening, basis });
}

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, at) => assert.ok(Math.abs(value - (expected[at] ?? NaN)) < tolerance, `${at}: ${value} instead of ${expected[at]}`)); // prettier-ignore
}

/** Two kinds of customers who have things of their kind, and now and then another. */
function twoTastes(users: number): InteractionMatrix {
  const random = seededRandom(5);
  return new InteractionMatrix(
    Array.from({ length: users }, (_, user) =>
      Array.from({ length: 20 }, (_, item) => item).filter((item) => random() < (item % 2 === user % 2 ? 0.5 : 0.03)),
    ),
    20,
  );
}

test('the matrix is the same by user and by item', () => {
  assert.equal(matrix.ones, 15);
  for (let item = 0; item < 5; item += 1) {
    const users = histories.flatMap((history, user) => (history.includes(item) ? [user] : []));
    assert.deepEqual([...matrix.usersOf(item)], users);
    assert.equal(matrix.countOf(item), users.length);
  }
});

test('EASE minimises the squared error with nothing on the diagonal', () => {
  const lambda = 2;
  const weights = [0, 1, 2, 3, 4].map((item) => scoresOf(new Ease(matrix, lambda), item));
  const loss = (b: readonly (readonly number[])[]) => {
    let sum = 0;
    for (const row of ones) for (let item = 0; item < 5; item += 1) sum += ((row[item] ?? 0) - row.reduce<number>((total, one, from) => total + one * (b[from]?.[item] ?? 0), 0)) ** 2; // prettier-ignore
    for (const row of b) for (const weight of row) sum += lambda * weight ** 2;
    return sum;
  };
  weights.forEach((row, item) => assert.equal(row[item], 0));
  for (let from = 0; from < 5; from += 1) {
    for (let to = 0; to < 5; to += 1) {
      if (from === to) continue;
      for (const step of [-1e-3, 1e-3]) {
        const moved = weights.map((row, at) => row.map((weight, item) => (at === from && item === to ? weight + step : weight))); // prettier-ignore
        assert.ok(loss(moved) > loss(weights), `${from} to ${to}`);
      }
    }
  }
  const many = new InteractionMatrix([[0]], EASE_ITEMS_MAX + 1);
  assert.throws(() => new Ease(many, 1), /12000 items at most/);
});

test('item neighbours: cosines by hand', () => {
  const model = new ItemNeighbours(matrix, { neighboursMax: 5, byRarity: false });
  // Item 0 is with 1 twice, with 2 once, with 4 once; all five occur three times.
  near(scoresOf(model, 0), [0, 2 / 3, 1 / 3, 0, 1 / 3]);
  near(scoresOf(new ItemNeighbours(matrix, { neighboursMax: 1, byRarity: false }), 0), [0, 2 / 3, 0, 0, 0]);
  const byRarity = scoresOf(new ItemNeighbours(matrix, { neighboursMax: 5, byRarity: true }), 0);
  assert.ok((byRarity[4] as number) > (byRarity[2] as number), 'who had two items says more than who had three');
});

test('ALS: somebody who was not there in training gets what others of the same taste have', () => {
  const tastes = twoTastes(200);
  const options = { factors: 8, sweeps: 12, unobservedWeight: 0.1, lambda: 1, frequencyPower: 0 };
  const model = new ImplicitAls(tastes, { ...options, random: seededRandom(1) });
  const scores = new Float64Array(20);
  model.score(Int32Array.of(0, 2, 4), scores);
  const even = Math.min(...[6, 8, 10, 12, 14, 16, 18].map((item) => scores[item] as number));
  const odd = Math.max(...[1, 3, 5, 7, 9].map((item) => scores[item] as number));
  assert.ok(even > 1.5 * odd, `${even} and ${odd}`);
  const again = new Float64Array(20);
  new ImplicitAls(tastes, { ...options, random: seededRandom(1) }).score(Int32Array.of(0, 2, 4), again);
  assert.deepEqual(again, scores);
  model.score(new Int32Array(0), scores);
  assert.ok(
    scores.every((score) => score === 0),
    'nothing is known of somebody without a history',
  );
});

test('ALS: several threads give the same bits', () => {
  const tastes = twoTastes(4000);
  const scores = [1, 3].map((threads) => {
    const model = new ImplicitAls(tastes, { factors: 256, sweeps: 2, unobservedWeight: 0.1, lambda: 1, frequencyPower: 0, threads, random: seededRandom(1) }); // prettier-ignore
    const own = new Float64Array(20);
    model.score(Int32Array.of(0, 2, 4), own);
    return own;
  });
  assert.deepEqual(scores[0], scores[1]);
});

test('the spectral filter is r · (R̃ᵀR̃ + α D^−½ V Vᵀ D^½)', () => {
  const full = filterOf(matrix, 5, 0.3);
  const normalised = ones.map((row, user) => row.map((one) => one / Math.sqrt((histories[user]?.length ?? 1) * 3)));
  const neighbourhood = (item: number) =>
    [0, 1, 2, 3, 4].map((other) =>
      normalised.reduce((sum, row, user) => sum + ((ones[user]?.[item] ?? 0) / Math.sqrt((histories[user]?.length ?? 1) * 3)) * (row[other] ?? 0), 0)); // prettier-ignore
  // With all five vectors V·Vᵀ is one, so that the low pass gives the item itself.
  near(scoresOf(full, 1), neighbourhood(1).map((value, item) => value + (item === 1 ? 0.3 : 0)), 1e-6); // prettier-ignore
  // One column of customers less: fewer singular vectors than asked for.
  const poor = new InteractionMatrix([[0, 1], [2]], 5);
  assert.ok(scoresOf(filterOf(poor, 5, 1), 0).every(Number.isFinite));
  // The first vector is √(customers of each item): with it alone the low pass gives an item's share of all.
  const random = seededRandom(9);
  const mixed = new InteractionMatrix(Array.from({ length: 80 }, () => [0, 1, 2, 3, 4].filter((item) => random() < 0.3 + 0.15 * item)), 5); // prettier-ignore
  const [with1, without] = [1, 0].map((lowPassWeight) => scoresOf(filterOf(mixed, 1, lowPassWeight), 2)); // prettier-ignore
  near(with1?.map((value, item) => value - (without?.[item] ?? 0)) ?? [], [0, 1, 2, 3, 4].map((item) => mixed.countOf(item) / mixed.ones), 1e-4); // prettier-ignore
});

test('sharpening takes back, along the graph, what has been blurred', () => {
  const plain = scoresOf(filterOf(matrix, 5, 0.3), 1);
  const blurred = (signal: readonly number[]) => {
    const share = (user: number, item: number) =>
      (ones[user]?.[item] ?? 0) / Math.sqrt((histories[user]?.length ?? 1) * 3);
    const reached = ones.map((row, user) => row.reduce<number>((sum, _, item) => sum + share(user, item) * (signal[item] ?? 0), 0)); // prettier-ignore
    return signal.map((_, item) => reached.reduce((sum, each, user) => sum + share(user, item) * each, 0));
  };
  const time = 0.5;
  let term: readonly number[] = plain;
  const expected = [1, 2, 3, 4].reduce((sum, order) => {
    term = blurred(term).map((each) => (-time * each) / order);
    return sum.map((each, item) => each + (term[item] ?? 0));
  }, plain);
  const sharp = filterOf(matrix, 5, 0.3, time);
  near(scoresOf(sharp, 1), expected, 1e-6);
  const alone = [0, 1, 2, 3, 4].map((item) => scoresOf(sharp, item));
  const together = alone.map(() => new Float64Array(5));
  sharp.scoreTogether(together.map((_, item) => Int32Array.of(item)), together); // prettier-ignore
  assert.deepEqual(together.map((scores) => [...scores]), alone, 'to the same bits as one by one'); // prettier-ignore
});

test('a blend adds what its parts say, each on one scale', () => {
  const flat: HistoryModel = { bytes: 1, score: (_, scores) => scores.fill(3) };
  const rising: HistoryModel = { bytes: 1, score: (_, scores) => scores.set([10, 20, 30, 40, 50]) };
  const blend = new ScoreBlend([{ model: flat, weight: 9 }, { model: rising, weight: 2 }, { model: rising, weight: 0 }], 5); // prettier-ignore
  const expected = [-2, -1, 0, 1, 2].map((steps) => (2 * steps) / Math.SQRT2);
  near(scoresOf(blend, 0), expected);
  const together = [0, 1, 2].map(() => new Float64Array(5));
  blend.scoreTogether(together.map(() => Int32Array.of(0)), together); // prettier-ignore
  for (const scores of together) near([...scores], expected);
});

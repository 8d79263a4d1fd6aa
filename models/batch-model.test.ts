import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packArtefact, unpackArtefact } from './artefact.ts';
import { BatchModel } from './batch-model.ts';
import { ImplicitAls } from './implicit-als.ts';
import { NonNegativeFactors } from './non-negative-factors.ts';
import { InteractionMatrix } from './interaction-matrix.ts';

const ROWS = { start: Int32Array.of(0, 2, 3, 3), to: Int32Array.of(1, 2, 0), weight: Float32Array.of(0.5, 0.25, 1) };
const NONE = { start: new Int32Array(4), to: new Int32Array(0), weight: new Float32Array(0) };
const PARTS = {
  version: 'v1',
  algorithm: 'item_knn',
  items: ['a', 'b', 'c'],
  tastes: ROWS,
  factors: null,
  content: NONE,
  repeats: { Milk: { share: 0.5, days: 7 } },
  contexts: { 'hour:18': { Books: 1.5 } },
  weights: null,
};

function suggestionsOf(model: BatchModel, history: readonly number[]) {
  const found: [item: number, score: number, place: number][] = [];
  model.suggest(history, (item, score, place) => found.push([item, score, place]));
  return found;
}

describe('a batch model', () => {
  it('suggests by rows, and says which item led there', () => {
    const model = new BatchModel(PARTS);
    assert.deepEqual(suggestionsOf(model, [0, 1]), [
      [1, 0.5, 0],
      [2, 0.25, 0],
      [0, 1, 1],
    ]);
    assert.deepEqual([model.numberOf('b'), model.numberOf('x'), model.idOf(2)], [1, -1, 'c']);
    assert.deepEqual([model.repeatOf('Milk')?.days, model.repeatOf('constructor')], [7, undefined]);
  });

  it('does the same once it was packed and unpacked', () => {
    const model = BatchModel.unpack(new BatchModel(PARTS).pack());
    assert.equal(model.version, 'v1');
    assert.deepEqual(suggestionsOf(model, [0]), suggestionsOf(new BatchModel(PARTS), [0]));
    assert.equal(model.repeatOf('Milk')?.share, 0.5);
    assert.deepEqual([model.liftOf('Books', ['hour:18', 'channel:app']), model.liftOf('Books', ['hour:6'])], [1.5, 1]);
  });

  it('is refused when rows lead nowhere or it is a model of something else', () => {
    const wild = { ...PARTS, tastes: { ...ROWS, to: Int32Array.of(1, 7, 0) } };
    assert.throws(() => BatchModel.unpack(new BatchModel(wild).pack()), { reason: 'foreign' });
    const { arrays } = unpackArtefact(new BatchModel(PARTS).pack());
    assert.throws(() => BatchModel.unpack(packArtefact({ about: { purpose: 'churn' }, arrays })), {
      reason: 'foreign',
    });
  });
});

describe('with factors', () => {
  // Two tastes that nobody shares: items 0–4 and 5–9.
  const histories = Array.from({ length: 40 }, (_, user) =>
    [0, 1, 2, 3, 4].filter((at) => (user + at) % 5 !== 0).map((at) => at + 5 * (user % 2)),
  );
  const matrix = new InteractionMatrix(histories, 10);
  const none = { start: new Int32Array(11), to: new Int32Array(0), weight: new Float32Array(0) };
  const items = Array.from({ length: 10 }, (_, at) => `i${at}`);
  const als = new ImplicitAls(matrix, {
    factors: 4,
    sweeps: 8,
    unobservedWeight: 0.1,
    lambda: 0.5,
    frequencyPower: 0,
    random: lehmer(),
  });
  const nmf = new NonNegativeFactors(matrix, { factors: 2, iterations: 40, random: lehmer() });
  for (const [name, trained] of Object.entries({ als, nmf })) {
    const parts = { ...PARTS, items, tastes: none, content: none, factors: trained.itemFactors };
    const model = BatchModel.unpack(new BatchModel(parts).pack());

    it(`of ${name} scores somebody new as the model itself would, and shares the score among what led there`, () => {
      const scores = new Float64Array(10);
      trained.score(Int32Array.of(0, 1), scores);
      const sums = new Map<number, number>();
      for (const [item, score] of suggestionsOf(model, [0, 1])) sums.set(item, (sums.get(item) ?? 0) + score);
      for (const item of [2, 3, 4])
        assert.ok(Math.abs((sums.get(item) ?? 0) - (scores[item] as number)) < 1e-6, `item ${item}`);
    });

    it(`of ${name} keeps tastes apart`, () => {
      const best = suggestionsOf(model, [5, 6])
        .filter(([item]) => item > 6 || item < 5)
        .toSorted((one, other) => other[1] - one[1]);
      assert.ok(
        best.slice(0, 3).every(([item]) => item >= 7),
        JSON.stringify(best),
      );
    });
  }

  it('are taken for those of least squares when the file, an older one, does not say how they are solved', () => {
    const parts = { ...PARTS, items, tastes: none, content: none, factors: als.itemFactors };
    const { about, arrays } = unpackArtefact(new BatchModel(parts).pack());
    const { factors, ...rest } = about as { factors: { solving: string } };
    const { solving: _left, ...older } = factors;
    const model = BatchModel.unpack(packArtefact({ about: { ...rest, factors: older }, arrays }));
    assert.deepEqual(suggestionsOf(model, [0, 1]), suggestionsOf(new BatchModel(parts), [0, 1]));
  });

  it('are refused when they are solved in a way that is not known, or have other sizes', () => {
    const parts = { ...PARTS, items, tastes: none, content: none, factors: nmf.itemFactors };
    const { about, arrays } = unpackArtefact(new BatchModel(parts).pack());
    for (const factors of [{ count: 2, solving: 'by_magic' }, { count: 3, solving: 'non_negative' }, { count: 2 }])
      assert.throws(() => BatchModel.unpack(packArtefact({ about: { ...(about as object), factors }, arrays })), {
        reason: 'foreign',
      });
  });
});

function lehmer(): () => number {
  let state = 1;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

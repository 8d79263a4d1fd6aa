import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Blend, NO_ANCHOR } from './blend.ts';

const all = () => true;

function ranked(blend: Blend, weights: number[], limit = 10) {
  return Array.from(blend.rank(limit, weights), (candidate) => ({
    id: blend.idOf(candidate),
    score: blend.scoreOf(candidate),
    source: blend.sourceOf(candidate),
    anchors: blend.anchorsOf(candidate),
  }));
}

describe('a blend', () => {
  it('counts each source by its best candidate, times its weight', () => {
    const blend = new Blend({ sources: 2 });
    blend.begin(10, all);
    blend.add(1, 0, 1000);
    blend.add(2, 0, 500);
    blend.add(2, 1, 0.01);
    assert.deepEqual(ranked(blend, [1, 0.75]), [
      { id: 2, score: 1.25, source: 1, anchors: [] },
      { id: 1, score: 1, source: 0, anchors: [] },
    ]);
  });

  it('names the strongest source and its strongest anchors', () => {
    const blend = new Blend({ sources: 2 });
    blend.begin(10, all);
    blend.add(1, 0, 1, 7);
    blend.add(1, 1, 2, 3);
    blend.add(1, 1, 5, 4);
    blend.add(1, 1, 4, 3);
    blend.add(1, 1, 1, 5);
    assert.deepEqual(ranked(blend, [1, 2]), [{ id: 1, score: 3, source: 1, anchors: [3, 4] }]);
  });

  it('asks once whether an id may be a candidate', () => {
    const blend = new Blend({ sources: 1 });
    const asked: number[] = [];
    blend.begin(10, (id) => asked.push(id) > 0 && id !== 4);
    for (const id of [4, 5, 4, 5]) blend.add(id, 0, 1);
    assert.deepEqual(asked, [4, 5]);
    assert.deepEqual(ranked(blend, [1]).map(({ id }) => id), [5]); // prettier-ignore
  });

  it('leaves out what counts nothing', () => {
    const blend = new Blend({ sources: 2 });
    blend.begin(10, all);
    blend.add(1, 0, 1);
    blend.add(2, 1, 1);
    for (const score of [0, -1, NaN]) blend.add(3, 0, score);
    assert.deepEqual(ranked(blend, [1, 0]).map(({ id }) => id), [1]); // prettier-ignore
  });

  it('scales and refuses single candidates', () => {
    const blend = new Blend({ sources: 1 });
    blend.begin(10, all);
    blend.refuse(3);
    for (const [id, score] of [[1, 2], [2, 1], [3, 9], [4, 1]] as const) blend.add(id, 0, score); // prettier-ignore
    blend.scale(1, 0.25);
    blend.scale(4, 0);
    for (const id of [3, 7]) blend.scale(id, 5);
    assert.deepEqual(ranked(blend, [1]).map(({ id, score }) => [id, score]), [[2, 0.5], [1, 0.25]]); // prettier-ignore
    blend.begin(10, all);
    blend.add(3, 0, 1);
    assert.deepEqual(ranked(blend, [1]).map(({ id }) => id), [3]); // prettier-ignore
  });

  it('has room for so many candidates', () => {
    const blend = new Blend({ sources: 1, candidatesMax: 3 });
    blend.begin(10, all);
    for (let id = 0; id < 10; id += 1) blend.add(id, 0, 1 + id);
    assert.equal(blend.count, 3);
    blend.add(0, 0, 100);
    assert.equal(ranked(blend, [1])[0]?.id, 0);
  });

  it('is the plain weighted sum, and keeps nothing of the ranking before', () => {
    const addition = fc.record({
      id: fc.integer({ min: 0, max: 20 }),
      source: fc.integer({ min: 0, max: 2 }),
      score: fc.integer({ min: 1, max: 100 }),
    });
    const weights = [1, 0.5, 0.25];
    const blend = new Blend({ sources: 3 });
    fc.assert(
      fc.property(fc.array(addition), (additions) => {
        blend.begin(21, (id) => id !== 13);
        for (const { id, source, score } of additions) blend.add(id, source, score, NO_ANCHOR);
        const scoreOf = (id: number, source: number) =>
          additions.reduce((sum, one) => sum + (one.id === id && one.source === source ? one.score : 0), 0);
        const ids = [...new Set(additions.map(({ id }) => id))].filter((id) => id !== 13);
        const most = weights.map((_, source) => Math.max(...ids.map((id) => scoreOf(id, source))));
        const expected = ids
          .map((id) => ({
            id,
            score: weights.reduce(
              (sum, weight, at) => sum + (scoreOf(id, at) > 0 ? (weight * scoreOf(id, at)) / (most[at] as number) : 0),
              0,
            ),
          })) // prettier-ignore
          .sort((one, other) => other.score - one.score)
          .slice(0, 8);
        assert.deepEqual(ranked(blend, weights, 8).map(({ id, score }) => ({ id, score })), expected); // prettier-ignore
      }),
    );
  });
});

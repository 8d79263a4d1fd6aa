import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContentNeighbours } from './content-neighbours.ts';
import { termsOf } from './text-terms.ts';

test('words meet their plurals, in English and in Portuguese, with accents or without', () => {
  for (const [one, many] of [
    ['box', 'boxes'],
    ['movie', 'Movies'],
    ['shoe', 'shoes'],
    ['button', 'buttons'],
    ['store', 'stores'],
    ['watch', 'watches'],
    ['dress', 'dresses'],
    ['film', 'films'],
    ['flor', 'flores'],
    ['botão', 'botões'],
    ['pão', 'PÃES'],
    ['papel', 'papéis'],
    ['lençol', 'lençóis'],
    ['animal', 'animais'],
    ['jovem', 'jovens'],
    ['luz', 'luzes'],
    ['camisa', 'camisas'],
  ] as const)
    assert.deepEqual(termsOf(many), termsOf(one));
  assert.deepEqual(termsOf('Cadeira de praia para as crianças'), ['cadeira', 'praia', 'crianca']);
  assert.deepEqual(termsOf('The Lamp of the 1990s, e a mesa'), ['lamp', '1990s', 'mesa']);
  assert.deepEqual(termsOf(' — !'), []);
});

test('cosines by hand; items without text are like nothing', () => {
  // Of four items, `red` is in two, `lamp` in two, `desk` in one.
  const model = new ContentNeighbours(['red lamp', 'lamps', 'red desk', '']);
  const scores = new Float64Array(4);
  model.score(Int32Array.of(0), scores);
  const [two, one] = [Math.log(5 / 3) + 1, Math.log(5 / 2) + 1];
  const expected = [1, Math.SQRT1_2, (Math.SQRT1_2 * two) / Math.hypot(two, one), 0];
  scores.forEach((score, item) => assert.ok(Math.abs(score - (expected[item] ?? NaN)) < 1e-12, `${item}: ${score}`));
  expected.forEach((cosine, item) => assert.ok(Math.abs(model.similarity(0, item) - cosine) < 1e-12, `${item}`));
  model.score(Int32Array.of(3), scores);
  assert.deepEqual([...scores], [0, 0, 0, 0]);
  assert.equal(new ContentNeighbours([]).bytes, 4);
});

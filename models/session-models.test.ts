// The sources of a session's next item by hand, and the blend that weighs them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../streams/random.ts';
import { CoVisits } from './co-visits.ts';
import { PairFollowers } from './pair-followers.ts';
import { SequentialRules } from './sequential-rules.ts';
import { exampleOf, learnBlend, SessionBlend, type BlendExample } from './session-blend.ts';
import { countItems, SessionFeatures } from './session-features.ts';
import type { SessionSource } from './session-source.ts';
import { SparseScores } from './sparse-scores.ts';

function scoresOf(source: SessionSource, session: number[]): number[] {
  const scores = new SparseScores(5);
  source.score(session, scores);
  return [...scores.values];
}

function near(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, at) => assert.ok(Math.abs(value - (expected[at] ?? NaN)) < 1e-12, `${at}: ${value}`));
}

const sessions = [[0, 1, 2], [0, 1, 1], [3, 0, 2]]; // prettier-ignore

test('sequential rules: what comes n steps later counts 1 ÷ n, and items may follow themselves', () => {
  const options = { stepsMax: 2, windowItems: 1, followersMax: 9 };
  near(scoresOf(new SequentialRules(sessions, 5, options, 'rules'), [4, 0]), [0, 1 + 1 + 1 / 2, 1 / 2 + 1, 0, 0]);
  near(scoresOf(new SequentialRules(sessions, 5, options, 'rules'), [0, 1]), [0, 1, 1, 0, 0]);
  const further = new SequentialRules(sessions, 5, { ...options, stepsMax: 1, windowItems: 2 }, 'rules');
  near(scoresOf(further, [0, 1]), [0, 1 + 2 / 2, 1 + 1 / 2, 0, 0]);
  near(scoresOf(further, [0, -1]), [0, 2 / 2, 1 / 2, 0, 0]);
});

test('followers of two items in a row', () => {
  const source = new PairFollowers(sessions, 5, 9);
  assert.deepEqual(scoresOf(source, [4, 0, 1]), [0, 1, 1, 0, 0]);
  assert.deepEqual(scoresOf(source, [1]), [0, 0, 0, 0, 0]);
  assert.deepEqual(scoresOf(source, [2, 1]), [0, 0, 0, 0, 0]);
});

test('item-kNN: cosines of sessions as sets; old sessions can count less', () => {
  const options = { neighboursMax: 9, windowItems: 1, halfLife: Infinity };
  // 0 is in three sessions, 1 in two, 2 in two, 3 in one
  near(scoresOf(new CoVisits(sessions, 5, options), [0]), [0, 2 / Math.sqrt(6), 2 / Math.sqrt(6), 1 / Math.sqrt(3), 0]);
  const fading = scoresOf(new CoVisits(sessions, 5, { ...options, halfLife: 1 / 3 }), [0]);
  // weights 1/4, 1/2, 1: 0 has 7/4, 1 has 3/4, with 0 3/4
  near([fading[1] as number], [3 / 4 / Math.sqrt((7 / 4) * (3 / 4))]);
});

test('the blend learns which source to believe', () => {
  const random = seededRandom(2);
  // One source knows what comes next, the other one guesses.
  let next = 0;
  const knows: SessionSource = { name: 'knows', bytes: 0, score: (_, scores) => [1, 2, 3].forEach((item) => scores.add(item, item === next ? 5 : 1)) }; // prettier-ignore
  const guesses: SessionSource = { name: 'guesses', bytes: 0, score: (_, scores) => scores.add(1 + Math.floor(3 * random()), 1) }; // prettier-ignore
  const counts = countItems([[0, 1, 2, 3, 4]], 5);
  const features = new SessionFeatures([knows, guesses], counts, 5);
  const examples: BlendExample[] = [];
  for (let at = 0; at < 300; at += 1) {
    next = 1 + Math.floor(3 * random());
    const example = exampleOf(features, [0], next);
    if (example !== null) examples.push(example);
  }
  const weights = learnBlend(examples, features.width, { epochs: 5, rate: 0.1, random });
  const weightOf = (name: string) => weights[features.names.indexOf(name)] as number;
  assert.ok(
    weightOf('knows') > 1 && Math.abs(weightOf('guesses')) < 0.3,
    `${weightOf('knows')} ${weightOf('guesses')}`,
  );
  const blend = new SessionBlend(features, weights);
  next = 3;
  assert.equal(blend.recommend([0], 2)[0], 3);
  assert.ok(weightOf('is_current') < 0, 'the same item never came again');
  assert.equal(exampleOf(features, [0], 4), null);
  assert.throws(() => new SessionBlend(features, new Float64Array(1)), /as many weights, not 1/);
});

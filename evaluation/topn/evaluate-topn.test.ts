// The protocol on files small enough to follow by hand, and the quality of the models on a public set.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../streams/random.ts';
import { leftOut } from '../../test/left-out.ts';
import { resultJson } from '../report/result-json.ts';
import { evaluateTopn, type TopnOptions } from './evaluate-topn.ts';
import { readInteractions } from './read-interactions.ts';
import { topnAlgorithms } from './topn-algorithms.ts';
import { cutTopnValidation, leaveLastOut, topnData } from './topn-data.ts';

const options: TopnOptions = {
  ks: [2],
  algorithms: ['popularity'],
  sample: 1,
  progress: { show: () => {}, note: () => {} },
};
const folder = mkdtempSync(join(tmpdir(), 'freshet-topn-'));
after(() => rmSync(folder, { recursive: true }));

function interactions(content: string) {
  const path = join(folder, 'interactions');
  writeFileSync(path, content);
  return readInteractions(path);
}

test('the three shapes of files', () => {
  const [first] = interactions('7 1 2 3\n8 4\n');
  assert.deepEqual(first, { user: '7', item: '1', rating: Infinity, time: 0, isTimed: false });
  assert.equal(interactions('7 1 2 3\n8 4\n').length, 4);
  assert.deepEqual(interactions('1,938,4\n')[0], { user: '1', item: '938', rating: 4, time: 0, isTimed: false });
  const header = 'user_id:token\titem_id:token\trating:float\ttimestamp:float\n';
  assert.deepEqual(interactions(`${header}196\t242\t3\t881\n`)[0], {
    user: '196',
    item: '242',
    rating: 3,
    time: 881,
    isTimed: true,
  });
  assert.throws(() => interactions('a,b\n1,2'), /needs columns for a user and an item; it has a, b/);
  assert.throws(() => interactions('1,2,good'), /line 1: not a user/);
});

test('what was had in training is not ranked: asked for again it is missed, as the protocol has it', () => {
  // Popularity: 1 four times, 2 three, 3 two, 4 once.
  const train = interactions('1 1 2 3\n2 1 2 3\n3 1 2\n4 1 4\n');
  const { results } = evaluateTopn(train, interactions('3 1 3 4\n4 2 9\n5 1\n'), options);
  const tally = results[0]?.tally;
  // User 3: 1, 3 and 4 are wanted (1 was had): list 3 4. User 4: 2 and an unknown one: list 2 3. User 5 is new: list 1 2.
  assert.equal(tally?.events, 3);
  assert.equal(tally?.mean('recall@2'), (2 / 3 + 1 / 2 + 1) / 3);
  assert.equal(tally?.mean('mrr@2'), 100);
});

test('only what was liked counts, on both sides', () => {
  const train = interactions('1,1,5\n2,1,5\n2,2,3\n3,2,4\n');
  const { sizes, results } = evaluateTopn(train, interactions('1,2,5\n3,1,2\n'), { ...options, minRating: 4 });
  assert.deepEqual([sizes['train_interactions'], results[0]?.tally.events], [3, 1]);
  assert.throws(
    () => evaluateTopn(train, interactions('1,2,1\n'), { ...options, minRating: 4 }),
    /nothing to evaluate/,
  );
});

test('the last of each user is by time, then by item', () => {
  const { train, test: last } = leaveLastOut(interactions('1,5,1,20\n1,10,1,30\n1,9,1,30\n2,4,1,1\n'));
  assert.deepEqual(last.map(({ user, item }) => [user, item]), [['2', '4'], ['1', '10']]); // prettier-ignore
  assert.equal(train.length, 2);
});

test('what is held out for choosing: the latest where there are times, else drawn; of large sets every nth user', () => {
  const timed = topnData(interactions('1,9,5,10\n1,8,5,30\n1,7,5,20\n2,9,5,1\n'), []);
  const { train, test: held } = cutTopnValidation(timed);
  const ids = (all: readonly Int32Array[]) =>
    all.map((numbers) => Array.from(numbers, (number) => timed.items.ids[number]));
  assert.deepEqual([ids(train), ids(held)], [[['9', '7'], ['9']], [['8'], []]]); // prettier-ignore
  const many = topnData(interactions(Array.from({ length: 40 }, (_, user) => `${user} ${Array.from({ length: 30 }, (_item, item) => item).join(' ')}`).join('\n')), []); // prettier-ignore
  const drawn = cutTopnValidation(many);
  const count = drawn.test.reduce((sum, { length }) => sum + length, 0);
  assert.ok(count > 80 && count < 160 && count + drawn.matrix.ones === 1200, `${count} of 1,200`);
  assert.deepEqual(cutTopnValidation(many).test, drawn.test);
  const some = cutTopnValidation(many, 300).train.flatMap(({ length }, user) => (length > 0 ? [user] : []));
  assert.deepEqual(some, [0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
});

test('without algorithms the best is chosen on the training alone, and all that was tried is told', () => {
  const random = seededRandom(12);
  const rows = Array.from({ length: 80 }, (_, user) =>
    Array.from({ length: 30 }, (_item, item) => item).filter((item) => random() < (item % 3 === user % 3 ? 0.6 : 0.05)),
  );
  const held = rows.map((items) => items.filter(() => random() < 0.2));
  const lines = (all: readonly (readonly number[])[]) =>
    all.map((items, user) => `u${user} ${items.join(' ')}`).join('\n');
  const train = interactions(lines(rows.map((items, user) => items.filter((item) => !held[user]?.includes(item)))));
  const notes: string[] = [];
  const progress = { show: () => {}, note: (text: string) => notes.push(text) };
  const run = (wanted: typeof held, algorithms: string[]) => evaluateTopn(train, interactions(lines(wanted)), { ...options, ks: [5], algorithms, progress }); // prettier-ignore
  const { results, chosen, tried, isChosen } = run(held, []);
  assert.ok(isChosen && results.length === 1 && results[0]?.algorithm === chosen[0]?.algorithm);
  assert.equal(notes.length, tried.length);
  assert.ok(tried.length > 15 && chosen.every(({ validation }, at) => at === 0 || validation <= (chosen[at - 1]?.validation ?? 0))); // prettier-ignore
  const popular = run(held, ['popularity']).results[0]?.tally.mean('ndcg@5') ?? 1;
  assert.ok((results[0]?.tally.mean('ndcg@5') ?? 0) > 2 * popular);
  const others = run(held.map((items) => items.map((item) => item + 100)), []); // prettier-ignore
  assert.deepEqual(others.tried, tried, 'the test has no say in it');
});

test('sharpening is tried as long as its lists go through so much of the graph, and no further', () => {
  const sharpening = (work: number) =>
    topnAlgorithms(undefined, work).find(({ name }) => name === 'spectral_filter')?.choices['sharpening']?.values;
  assert.deepEqual([sharpening(3e11), sharpening(4e11)], [[0, 1, 2, 3], [0]]);
});

test('lists can be made more unlike within, and how unlike they are is told', () => {
  const train = interactions('1 lamp1 lamp2\n2 lamp1 lamp2 lamp3 desk1\n3 lamp1 lamp3 desk1\n4 lamp2 lamp3\n');
  const texts = new Map(['lamp1', 'lamp2', 'lamp3', 'desk1'].map((id) => [id, id.slice(0, -1)]));
  const distance = (diversity: number) => {
    const { results } = evaluateTopn(train, interactions('5 lamp1\n'), { ...options, texts, diversity });
    return results[0]?.tally.catalogue()['intra_list_distance'];
  };
  assert.deepEqual([distance(0), distance(0.9)], [0, 1]);
});

test('MovieLens 100k: what others measured, and twice the same bytes', () => {
  const path = fileURLToPath(new URL('../../../shared/data/ml-100k/ml-100k.inter.gz', import.meta.url));
  if (!existsSync(path)) return leftOut('lists by history on MovieLens 100k', { dataSet: true });
  const { train, test: last } = leaveLastOut(readInteractions(path));
  const asked = { ...options, ks: [10], algorithms: ['popularity', 'item_knn'] };
  const evaluation = evaluateTopn(train, last, asked);
  const hits = evaluation.results.map(({ tally }) => tally.mean('hit_rate@10'));
  assert.equal(evaluation.results[0]?.tally.events, 943);
  assert.ok(Math.abs((hits[0] ?? 0) - 4.98) < 0.01, `popularity is 4.98 elsewhere, ${hits[0]} here`);
  assert.ok((hits[1] ?? 0) > 6, `item_knn is 7.10 elsewhere, ${hits[1]} here`);
  const [one, other] = [evaluation, evaluateTopn(train, last, asked)].map((each) =>
    JSON.stringify(resultJson(each, undefined, { timings: false })),
  );
  assert.equal(one, other);
});

// Baskets few enough to follow, and what comes back in a shop where one category does.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { seededRandom } from '../../streams/random.ts';
import { evaluateBaskets, type BasketsOptions } from './evaluate-baskets.ts';
import { readBaskets, type RawBasket } from './read-baskets.ts';

const options: BasketsOptions = { ks: [1], algorithms: ['popularity'], sample: 1, progress: { show: () => {}, note: () => {} } }; // prettier-ignore
const folder = mkdtempSync(join(tmpdir(), 'freshet-baskets-'));
after(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'baskets.csv');
  writeFileSync(path, content);
  return path;
}

const DAY_SECONDS = 86_400;

/** Everybody buys a kind of milk anew every week, one of three that are theirs, and things that last, never twice. */
function weekly(customers: number, weeks: number): RawBasket[] {
  const random = seededRandom(6);
  return Array.from({ length: customers * weeks }, (_, at) => {
    const user = at % customers;
    const things = Array.from({ length: 2 }, (_thing, which) => `thing-${2 * at + which}`);
    const items = [`milk-${3 * user + Math.floor(3 * random())}`, ...things];
    return { user: `u${user}`, items, seconds: Math.floor(at / customers) * 7 * DAY_SECONDS + user };
  });
}

test('baskets are put together by customer and basket', () => {
  const path = file('ts,household_id,basket,product_id\n20,a,2,x\n10,a,1,y\n20,a,2,z\n20,a,2,x\n15,b,1,y\n');
  assert.deepEqual(readBaskets(path), [
    { user: 'a', items: ['x', 'z'], seconds: 20 },
    { user: 'a', items: ['y'], seconds: 10 },
    { user: 'b', items: ['y'], seconds: 15 },
  ]);
  assert.throws(
    () => readBaskets(file('user,item,time\na,b,1\n')),
    /needs a column for a basket; it has user, item, time/,
  );
  assert.throws(() => readBaskets(file('a b c\n')), /needs a column for a customer; it has a b c/);
  assert.throws(() => readBaskets(file('user,basket,item,time\na,1,x,\n')), /line 2: not a customer/);
});

test('every basket but a customer’s first is asked for, and bought items may be right again', () => {
  const basket = (user: string, seconds: number, ...items: string[]) => ({ user, items, seconds });
  const raw = [basket('a', 1, 'milk', 'tea'), basket('b', 2, 'milk'), basket('a', 3, 'milk'), basket('b', 4, 'new')];
  const { results } = evaluateBaskets([], raw, { ...options, algorithms: ['popularity', 'never_again'] });
  assert.deepEqual(results.map(({ tally }) => [tally.events, tally.mean('recall@1')]), [[2, 1 / 2], [2, 0]]); // prettier-ignore
  assert.equal(evaluateBaskets([], raw, { ...options, fromSeconds: 4 }).results[0]?.tally.events, 1);
  assert.throws(() => evaluateBaskets([], raw.slice(0, 2), options), /nothing to evaluate/);
  assert.deepEqual(evaluateBaskets([], raw.toReversed(), options).results[0]?.tally.means(), results[0]?.tally.means(), 'in whatever order they come'); // prettier-ignore
});

test('what is trained on is learnt, asked for only to choose, and comes first', () => {
  const train = weekly(10, 12);
  const test = [{ user: 'u1', items: ['milk-3'], seconds: 0 }];
  const { results, sizes } = evaluateBaskets(train, test, options);
  assert.deepEqual([results[0]?.tally.events, sizes['baskets']], [1, 121]);
  const [one, other] = [test, test.map((basket) => ({ ...basket, items: ['thing-0'] }))].map((tested) => evaluateBaskets(train, tested, { ...options, algorithms: [] }).chosen); // prettier-ignore
  assert.deepEqual(one, other, 'the test has no say in it');
});

test('what is bought in the morning or in the evening is learnt, and helps', () => {
  const random = seededRandom(3);
  const hours = { bread: 8, wine: 20 } as const;
  const baskets = Array.from({ length: 1_600 }, (_, at) => {
    const kind = random() < 0.5 ? 'bread' : 'wine';
    const items = [`${kind}-${Math.floor(4 * random())}`];
    return { user: `u${at % 40}`, items, seconds: Math.floor(at / 2) * DAY_SECONDS + 3600 * hours[kind] };
  }).toSorted((one, other) => one.seconds - other.seconds);
  const categories = new Map(baskets.flatMap(({ items }) => items.map((item) => [item, item.split('-')[0] as string])));
  const algorithms = ['popularity', 'popularity_in_context', 'repeat', 'repeat_in_context'];
  const { results } = evaluateBaskets([], baskets, { ...options, ks: [3], algorithms, categories });
  const [popular, popularThen, repeat, repeatThen] = results.map(({ tally }) => tally.mean('recall@3'));
  const told = results.map(({ algorithm, tally }) => `${algorithm} ${tally.mean('recall@3')}`).join();
  assert.ok((popularThen ?? 0) > 1.2 * (popular ?? 1) && (repeatThen ?? 0) > 1.1 * (repeat ?? 1), told);
});

test('what comes back is learnt, and knowing categories makes it better', () => {
  const baskets = weekly(30, 40);
  const categories = new Map(baskets.flatMap(({ items }) => items.map((item) => [item, item.split('-')[0] as string])));
  const asked = { ...options, ks: [3], algorithms: [], categories };
  const evaluation = evaluateBaskets([], baskets, asked);
  const worst = evaluation.chosen.map(({ algorithm }) => algorithm).slice(-3);
  assert.deepEqual([worst.slice(0, 2).toSorted(), worst[2]], [['popularity', 'popularity_in_context'], 'never_again']);
  const by = (name: string) => evaluateBaskets([], baskets, { ...asked, algorithms: [name] }).results[0];
  const recall = Object.fromEntries(['repeat', 'repeat_without_categories', 'never_again'].map((name) => [name, by(name)?.tally.mean('ndcg@3') ?? NaN])); // prettier-ignore
  assert.ok((recall['repeat'] ?? 0) > (recall['repeat_without_categories'] ?? 1), JSON.stringify(recall));
  assert.ok((recall['repeat'] ?? 0) > 5 * (recall['never_again'] ?? 1), JSON.stringify(recall));
  assert.deepEqual(
    by('repeat')?.repeats?.map(({ category }) => category),
    ['milk', 'thing'],
  );
});

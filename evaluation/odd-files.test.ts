// Files of every shape that are not as they should be, or hardly: an answer or a reason, never a crash.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { item } from '../processors/testing/given.ts';
import { evaluateBaskets } from './baskets/evaluate-baskets.ts';
import { readBaskets } from './baskets/read-baskets.ts';
import { evaluateCounterfactual } from './counterfactual/evaluate-counterfactual.ts';
import { readImpressions } from './counterfactual/read-impressions.ts';
import { EvaluationRefused } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluatePrequential } from './prequential/evaluate-prequential.ts';
import { onlineAlgorithms } from './prequential/online-algorithms.ts';
import { resultHtml } from './report/result-html.ts';
import { resultJson } from './report/result-json.ts';
import { resultTable } from './report/result-table.ts';
import { evaluateSessions } from './sessions/evaluate-sessions.ts';
import { readAllSessions, readSessions } from './sessions/read-sessions.ts';
import { sessionAlgorithms } from './sessions/session-algorithms.ts';
import { BLEND, topnAlgorithms } from './topn/topn-algorithms.ts';
import { evaluateTopn } from './topn/evaluate-topn.ts';
import { readInteractions } from './topn/read-interactions.ts';
import { readCategories, readTexts } from './topn/read-texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-odd-'));
after(() => rmSync(folder, { recursive: true }));

function file(content: string | Buffer): string {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return path;
}

const interactions = (content: string | Buffer) => readInteractions(file(content));
const sessions = (content: string | Buffer) => readSessions(file(content));
const asked = { ks: [1, 3], sample: 1, progress: { show: () => {}, note: () => {} } };

/** Every figure is a number, in all three forms of the report. */
function reported(evaluation: Evaluation): string {
  const json = JSON.stringify(resultJson(evaluation, undefined, { timings: false }));
  assert.doesNotMatch(json, /null|NaN/);
  assert.doesNotMatch(resultTable(evaluation, undefined, false), /NaN|undefined/);
  assert.doesNotMatch(resultHtml(evaluation, undefined, { timings: false }), /NaN|undefined/);
  return json;
}

test('one file in many forms is the same', () => {
  const expected = [
    { user: 'u1', item: 'i1', rating: 4, time: 100, isTimed: true },
    { user: 'u2', item: 'i2', rating: 5, time: 200, isTimed: true },
  ];
  const rows = 'u1,i1,4,100\nu2,i2,5,200\n';
  for (const content of [
    rows,
    gzipSync(rows),
    rows.replaceAll('\n', '\r\n'),
    rows.trim(),
    `\n${rows}\n\n`,
    rows.replaceAll(',', '::'),
    rows.replaceAll(',', ';'),
    rows.replaceAll(',', ' , '),
    `user_id:token,item_id:token,rating:float,timestamp:float\n${rows}`,
    `\uFEFFuserId,movieId,rating,timestamp\n${rows}`,
    `"User ID","Item ID","Rating","Time"\n"u1","i1","4","100"\n"u2","i2","5","200"\n`,
    'time\tproduct_id\tstars\tcustomer\n100\ti1\t4\tu1\n200\ti2\t5\tu2\n',
    'customer_id,product,rating,date\nu1,i1,4,1970-01-01T00:01:40Z\nu2,i2,5,1970-01-01T00:03:20Z\n',
  ])
    assert.deepEqual(interactions(content), expected, content.toString('utf8'));
  assert.deepEqual(interactions('u1,i1\nu2,i2\n').map(({ item }) => item), ['i1', 'i2'], 'two columns of words are no header'); // prettier-ignore
});

test('what is wrong with a line is said with its number', () => {
  for (const [content, message] of [
    ['1,2,3,4\n1,2,NaN,4\n', /line 2: not a user/],
    ['1,2,3,4\n\n1,2,,4\n', /line 3: not a user/],
    ['1,2,3,4\n1\n', /line 2: not a user/],
    ['1,,3,4\n', /line 1: not a user/],
    ['user,item,time\na,b,soon\nc,d,1\n', /line 2: not a user/],
    ['', /is empty/],
    ['\n \r\n', /is empty/],
    ['when,what\n1,2\n', /needs columns for a user and an item; it has when, what/],
  ] as const)
    assert.throws(() => interactions(content), (error) => error instanceof EvaluationRefused && message.test(error.message)); // prettier-ignore
  assert.throws(() => interactions(Buffer.from([0x1f, 0x8b, 8, 0, 1])), /can't be read/);
  assert.throws(() => sessions('1:1441939815\n3:x\n'), /line 2: 3:x has no time/);
  assert.throws(() => sessions('session_id,time\n1,2\n'), /no column for item/);
  for (const row of ['1,,0.5', ',1,0.5', '1,yes,0.5', '1,1,', '1,1,0', '1,1,1.5', '1'])
    assert.throws(() => readImpressions(file(`item_id,click,propensity\n${row}\n`)), /line 2: not an item, a click and a propensity/, row); // prettier-ignore
});

test('sessions in many forms', () => {
  const expected = [{ items: ['a', 'b'], endSeconds: undefined }, { items: ['c'], endSeconds: undefined }]; // prettier-ignore
  for (const content of ['a b\nc\n', 'a,b\nc\n', '\r\na  b\r\n\r\nc', 'session,item\n1,a\n1,b\n2,c\n'])
    assert.deepEqual(sessions(content), expected, content);
});

test('ids may hold what separates elsewhere', () => {
  const ids = ['a,1', 'b;2', 'ns::3', 'cat:4', 'cat:3', '/p?q=é|x', '__proto__', '"q'];
  const [user] = ids;
  for (const separator of [',', ';', '::', ':', '|']) {
    const [one, two, three] = ['1', '2', '3'].map((number) => `x${separator}${number}`) as [string, string, string];
    const ofUsers = interactions(`${one} ${two} ${three}\n${two} ${three}\n`);
    assert.deepEqual(ofUsers.map((each) => [each.user, each.item]), [[one, two], [one, three], [two, three]]); // prettier-ignore
  }
  for (const item of ids) {
    const [only] = interactions(`${user}\t${item}\t5\t100\nu2\ti2\t5\t100\n`);
    assert.deepEqual(only, { user, item, rating: 5, time: 100, isTimed: true });
  }
  assert.deepEqual(interactions('ns::1,ns::2,5,100\nns::1,ns::3,5,100\n').map(({ item }) => item), ['ns::2', 'ns::3']); // prettier-ignore
  assert.deepEqual(sessions(`${ids.join(' ')}\na,1\n`), [{ items: ids, endSeconds: undefined }, { items: ['a,1'], endSeconds: undefined }]); // prettier-ignore
  assert.deepEqual(sessions('a:b:1441939815 a:1441939816\n')[0], { items: ['a:b', 'a'], endSeconds: 1441939816 });
});

test('clicks without a header, in milliseconds and out of order', () => {
  const clicks = 's2\ta\t1700000200000\ns1\tc\t1700000100000\ns2\tb\t1700000050000\n';
  assert.deepEqual(sessions(clicks), [
    { items: ['c'], endSeconds: 1_700_000_100 },
    { items: ['b', 'a'], endSeconds: 1_700_000_200 },
  ]);
  const lines = 'x:1700000300 y:1700000400\nz:1700000200\n';
  assert.deepEqual(sessions(lines).map(({ items }) => items), [['z'], ['x', 'y']], 'the earlier one first'); // prettier-ignore
});

test('several files of sessions are one, in order of time where all have times', () => {
  const paths = ['x:1700000300\nz:1700000500\n', 'y:1700000400\n', 'a b\n'].map((content, at) => {
    const path = join(folder, `part-${at}`);
    writeFileSync(path, content);
    return path;
  });
  const ids = (all: readonly string[]) => readAllSessions(all).flatMap(({ items }) => items);
  assert.deepEqual([ids(paths.slice(0, 2)), ids(paths)], [['x', 'y', 'z'], ['x', 'z', 'y', 'a', 'b']]); // prettier-ignore
});

test('impressions in many forms', () => {
  const expected = [{ item: '7', position: '2', reward: 1, propensity: 0.25 }];
  for (const separator of [',', ';', '\t']) {
    const content = `item_id,Click,position,propensity_score\r\n7,1,2,0.25\r\n`.replaceAll(',', separator);
    assert.deepEqual(readImpressions(file(gzipSync(content))), expected, separator);
  }
});

test('a header and nothing below is nothing to learn from, or nothing to evaluate', () => {
  const empty = {
    clicks: sessions('session,item,time\n'),
    events: interactions('user,item,rating,time\n'),
    baskets: readBaskets(file('customer,basket,item,time\n')),
    shown: readImpressions(file('item_id,click,propensity\n')),
  };
  const some = { clicks: sessions('1 2\n2 3\n'), events: interactions('1 2\n'), shown: readImpressions(file('item_id,click\n1,1\n')) }; // prettier-ignore
  const all = { ...asked, algorithms: [] };
  const ofSessions = { ...all, minPrefix: 1, withoutCurrent: false };
  const policies = { policies: [], weightMax: 10 };
  for (const [run, message] of [
    [() => evaluateSessions(empty.clicks, some.clicks, ofSessions), /nothing to learn from/],
    [() => evaluateSessions(some.clicks, empty.clicks, ofSessions), /nothing to evaluate/],
    [() => evaluateTopn(empty.events, some.events, all), /nothing to learn from/],
    [() => evaluateTopn(some.events, empty.events, all), /nothing to evaluate/],
    [() => evaluatePrequential(some.events, empty.events, all), /nothing to evaluate/],
    [() => evaluateBaskets([], empty.baskets, all), /nothing to evaluate/],
    [() => evaluateCounterfactual(empty.shown, some.shown, policies), /nothing to learn from/],
    [() => evaluateCounterfactual(some.shown, empty.shown, policies), /nothing to evaluate/],
  ] as const)
    assert.throws(run, (error) => error instanceof EvaluationRefused && message.test(error.message));
});

test('texts and categories of items', () => {
  const content = 'item_id:token\ttitle:token_seq\tclass:token_seq\n1\tToy Story\tAnimation\n2\tJumanji\tAdventure\n';
  assert.deepEqual([...readTexts(file(content))][0], ['1', 'Toy Story Animation']);
  assert.deepEqual([...readTexts(file('1\tToy Story (1995)\tComedy\n'))], [['1', 'Toy Story (1995) Comedy']]);
  const kinds = 'product_id,department,product_type\n1,food,milk\n2,food,tea\n';
  assert.deepEqual([...readCategories(file(kinds))], [['1', 'milk'], ['2', 'tea']]); // prettier-ignore
  assert.throws(() => readCategories(file('1\tToy Story\n')), /no column for a category/);
  assert.throws(() => readTexts(file('1\n2\n')), /one column only/);
});

test('every algorithm for lists by history bears histories that say little', () => {
  const texts = new Map([['1', 'red lamp']]);
  const names = [...topnAlgorithms([], 0).map(({ name }) => name), BLEND];
  for (const [train, wanted] of [
    ['1 1\n', '1 2\n'], // one customer, one item
    ['1 1\n2 1\n3 1\n', '4 1\n'], // one item, and somebody new
    ['1 1 2\n2 1 3\n3 2 3\n4 1\n5\n', '1 3\n4 2 99\n77 1\n5 3\n'], // unknown items, unknown and empty customers
  ] as const) {
    const split = () => [interactions(train), interactions(wanted)] as const;
    const evaluation = evaluateTopn(...split(), { ...asked, texts, algorithms: names });
    assert.equal(evaluation.results.length, names.length);
    assert.equal(reported(evaluation), reported(evaluateTopn(...split(), { ...asked, texts, algorithms: names })));
    reported(evaluateTopn(...split(), { ...asked, algorithms: [] }));
  }
  assert.throws(() => evaluateTopn(interactions('1 1\n'), interactions('2\n'), { ...asked, algorithms: [] }), /nothing to evaluate/); // prettier-ignore
  const rated = interactions('1,1,2\n2,2,2\n');
  assert.throws(() => evaluateTopn(rated, interactions('1,2,5\n'), { ...asked, algorithms: [], minRating: 4 }), /nothing to learn from/); // prettier-ignore
  assert.throws(() => evaluateTopn(rated, interactions('1,2,5\n'), { ...asked, algorithms: ['ease'], fromSeconds: 1 }), /need a test with times/); // prettier-ignore
});

test('lists by history can be asked for a stretch of time', () => {
  const train = interactions('1 1 2\n2 1 3\n3 2 3\n');
  const later = interactions('1,3,5,100\n2,2,5,200\n3,1,5,300000000000\n'); // the last in milliseconds
  const events = (fromSeconds: number, untilSeconds: number) =>
    evaluateTopn(train, later, { ...asked, algorithms: ['popularity'], fromSeconds, untilSeconds }).results[0]?.tally
      .events;
  assert.deepEqual([events(0, 1e9), events(150, 1e9), events(0, 200)], [3, 2, 1]);
});

test('every algorithm for sessions bears sessions that say little', () => {
  for (const [train, tested] of [
    ['1\n', '1 1\n'],
    ['1 1\n', '1 1 1\n'],
    ['1 2\n2 3\n', '9 8 7\n1 9 2\n'],
    ['1\n2\n3\n', '1 2 3\n'],
  ] as const) {
    for (const algorithms of [[], sessionAlgorithms.map(({ name }) => name)]) {
      const run = () => evaluateSessions(sessions(train), sessions(tested), { ...asked, minPrefix: 1, withoutCurrent: false, algorithms }); // prettier-ignore
      assert.equal(reported(run()), reported(run()));
    }
  }
});

test('every algorithm for events bears events that say little', () => {
  const names = onlineAlgorithms.map(({ name }) => name);
  for (const content of ['1,1,5,1\n1,2,5,2\n', '1 1 1\n1 2\n', '1,1,5,1\n2,1,5,1\n2,3,5,9\n3,1,5,9\n3,2,5,9\n']) {
    for (const algorithms of [[], names]) {
      const run = () => evaluatePrequential([], interactions(content), { ...asked, algorithms });
      assert.equal(reported(run()), reported(run()));
    }
  }
  assert.throws(() => evaluatePrequential([], interactions('1,1,5,1\n2,2,5,2\n'), { ...asked, algorithms: ['isgd'], fromSeconds: 3 }), /nothing to evaluate/); // prettier-ignore
});

test('items that nobody has had yet may be served, and are counted as such', () => {
  const described = new Map(['1', '2', 'new'].map((id) => [id, item(id)]));
  const content = '1,1,5,1700000000\n2,1,5,1700000100\n1,2,5,1700000200\n2,2,5,1700000300\n';
  const evaluation = evaluatePrequential([], interactions(content), { ...asked, described, algorithms: ['freshet'] });
  assert.equal(evaluation.sizes['items'], 3);
  reported(evaluation);
});

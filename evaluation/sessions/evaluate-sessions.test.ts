// The protocol on sessions small enough to follow by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../streams/random.ts';
import { compare } from '../evaluation.ts';
import { resultHtml } from '../report/result-html.ts';
import { resultJson } from '../report/result-json.ts';
import { resultTable } from '../report/result-table.ts';
import { evaluateSessions, type SessionsOptions } from './evaluate-sessions.ts';
import type { RawSession } from './read-sessions.ts';
import { sessionAlgorithms } from './session-algorithms.ts';

const options: SessionsOptions = {
  minPrefix: 1,
  ks: [2],
  algorithms: ['popularity'],
  sample: 1,
  withoutCurrent: false,
  progress: { show: () => {}, note: () => {} },
};

function sessionsOf(...lines: string[]): RawSession[] {
  return lines.map((line) => ({ items: line.split(' '), endSeconds: undefined }));
}

/** A shop where what follows depends on what was looked at: item n is followed by n + 1 in four cases of five. */
function chains(count: number, seed: number): RawSession[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    let item = Math.floor(random() * 50);
    const items = [String(item)];
    for (let more = 1 + Math.floor(random() * 6); more > 0; more -= 1) {
      item = random() < 0.8 ? (item + 1) % 50 : Math.floor(random() * 50);
      items.push(String(item));
    }
    return { items, endSeconds: undefined };
  });
}

test('popularity: ranks, ties by smaller id as numbers, unknown targets miss', () => {
  // 9 four times, then 2 and 10 twice each: 2 comes first though '10' < '2' as text.
  const train = sessionsOf('9 9 9 9', '10 2', '2 10');
  const { results } = evaluateSessions(train, sessionsOf('9 2', '2 10', '7 9', '9 8'), options);
  const tally = results[0]?.tally;
  assert.equal(tally?.events, 4);
  // 2 at rank 2, 10 at rank 3 (past k), 9 at rank 1, 8 unknown
  assert.equal(tally?.mean('hit_rate@2'), 50);
  assert.equal(tally?.mean('mrr@2'), (100 * (1 / 2 + 1)) / 4);
  assert.deepEqual([...(tally?.sizes ?? [])], [1, 1, 1, 1]);
});

test('prefixes are as long as asked for, and every further item is an event', () => {
  const train = sessionsOf('1 2 3', '3 2 1');
  const events = (minPrefix: number) =>
    evaluateSessions(train, sessionsOf('1 2 3 1', '2 3'), { ...options, minPrefix }).results[0]?.tally.events;
  assert.deepEqual([1, 2, 3].map(events), [4, 2, 1]);
  assert.throws(() => events(4), /no test session has more than 4 items/);
});

test('the current item can be left out, and its place goes to the next', () => {
  const train = sessionsOf('1 1 1', '2 2', '3');
  const hits = (withoutCurrent: boolean) =>
    evaluateSessions(train, sessionsOf('1 3'), { ...options, withoutCurrent }).results[0]?.tally.mean('hit_rate@2');
  assert.deepEqual([hits(false), hits(true)], [0, 100]);
});

test('--from and --until want times, and cut by the end of a session', () => {
  const train = sessionsOf('1 2', '2 1');
  assert.throws(() => evaluateSessions(train, sessionsOf('1 2'), { ...options, fromSeconds: 5 }), /need test sessions/);
  const timed = [4, 5, 9].map((endSeconds) => ({ items: ['1', '2'], endSeconds }));
  const cut = evaluateSessions(train, timed, { ...options, fromSeconds: 5, untilSeconds: 9 });
  assert.equal(cut.results[0]?.tally.events, 1);
});

test('every algorithm learns what follows what, the popular one apart', () => {
  const names = sessionAlgorithms.map(({ name }) => name);
  const evaluation = evaluateSessions(chains(600, 1), chains(60, 2), { ...options, ks: [5], algorithms: names });
  for (const { algorithm, tally, modelBytes } of evaluation.results) {
    const hits = tally.mean('hit_rate@5');
    if (algorithm === 'popularity') assert.ok(hits < 25, `popularity ${hits}`);
    else assert.ok(hits > 60, `${algorithm} ${hits}`);
    assert.ok(modelBytes > 0);
  }
  const { metrics } = compare(evaluation, 'blend', 'popularity');
  assert.ok((metrics['hit_rate@5']?.p ?? 1) < 0.01 && (metrics['hit_rate@5']?.low ?? 0) > 0);
  assert.throws(() => compare(evaluation, 'blend', 'magic'), /magic is not among/);
});

test('without algorithms the one that the validation split prefers is named; twice gives the same bytes', () => {
  const twice = [1, 2].map(() => {
    const evaluation = evaluateSessions(chains(600, 1), chains(60, 2), { ...options, ks: [5], algorithms: [] });
    const text = JSON.stringify(resultJson(evaluation, undefined, { timings: false }));
    return { evaluation, text, html: resultHtml(evaluation, undefined, { timings: false }) };
  });
  assert.equal(twice[0]?.text, twice[1]?.text);
  assert.equal(twice[0]?.html, twice[1]?.html);
  const { chosen, results } = JSON.parse(twice[0]?.text ?? '') as {
    chosen: { algorithm: string };
    results: Record<string, number>[];
  };
  assert.notEqual(chosen.algorithm, 'popularity');
  assert.equal(results.length, 1);
  assert.ok(!('latency_ms_p50' in (results[0] ?? {})));
  assert.doesNotMatch(twice[0]?.html ?? '', /https?:|src=|@import/);
});

test('JSON has the promised names, the table the figures', () => {
  const evaluation = evaluateSessions(chains(300, 1), chains(30, 2), { ...options, ks: [10, 20] });
  const { results } = resultJson(evaluation, undefined, { timings: true }) as { results: Record<string, unknown>[] };
  const names = ['algorithm', 'events', 'hit_rate@20', 'mrr@20', 'recall@20', 'ndcg@20', 'map@10', 'coverage', 'arp', 'gini', 'novelty', 'diversity', 'latency_ms_p50', 'latency_ms_p99', 'memory_mb']; // prettier-ignore
  for (const name of names) assert.ok(name in (results[0] ?? {}), name);
  const table = resultTable(evaluation, undefined, false);
  assert.ok(table.includes(evaluation.results[0]?.tally.mean('hit_rate@20').toFixed(2) ?? '?'), table);
});

test('an unknown algorithm is refused with those there are', () => {
  assert.throws(
    () => evaluateSessions(chains(9, 1), chains(9, 2), { ...options, algorithms: ['magic'] }),
    /no algorithm magic\. There are: popularity, transitions/,
  );
});

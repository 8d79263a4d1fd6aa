// What a load test complains of: it must not pass with wrong answers, late ones, or memory that grows.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import type { TrafficReport } from './k6.ts';
import { Report } from './report.ts';

const times = { count: 100, p50: 5, p99: 20, max: 30 };
const route = { name: 'GET recommendations', wrong: 0, turnedAway: 0, ...times };
const good: TrafficReport = {
  routes: [route],
  dropped: 0,
  freshness: times,
  freshnessWhileAway: times,
  wrongAnswers: [],
};
const grown = { name: 'stages', quarters: [200, 300, 310, 340], growth: 0.13 };

suite('the report of a load test', () => {
  beforeEach(() => {
    for (const method of ['log', 'table'] as const) mock.method(console, method, () => undefined);
  });
  afterEach(() => mock.restoreAll());

  function complaintsOf(changes: Partial<TrafficReport>, holdsTimes = true): readonly string[] {
    const report = new Report(holdsTimes);
    report.traffic({ ...good, ...changes });
    return report.complaints;
  }

  test('has nothing to complain of when all is as it must be', () => {
    assert.deepEqual(complaintsOf({}), []);
  });

  test('complains of wrong answers and of what was not measured, however busy the machine is', () => {
    for (const holdsTimes of [true, false]) {
      assert.match(complaintsOf({ routes: [{ ...route, wrong: 2 }] }, holdsTimes).join(), /^2 answers/);
      assert.match(complaintsOf({ freshness: undefined }, holdsTimes).join(), /^freshness: nothing was measured/);
    }
  });

  test('complains of late answers and those turned away, unless times are only reported', () => {
    for (const late of [
      { routes: [{ ...route, p99: 86 }] },
      { routes: [{ ...route, name: 'POST interaction', p99: 151 }] },
      { routes: [{ ...route, turnedAway: 1 }] },
      { freshness: { ...times, p99: 2_001 } },
      { freshnessWhileAway: { ...times, p99: 30_001 } },
    ]) {
      assert.equal(complaintsOf(late).length, 1, JSON.stringify(late));
      assert.deepEqual(complaintsOf(late, false), []);
    }
    assert.deepEqual(complaintsOf({ routes: [{ ...route, name: 'GET probe', p99: 1_000 }] }), []);
  });

  test('complains of memory that grows, once it had the time to get warm', () => {
    for (const [minutes, holdsTimes, count] of [
      [10, true, 1],
      [9, true, 0],
      [30, false, 0],
    ] as const) {
      const report = new Report(holdsTimes);
      report.memory([grown, { ...grown, growth: 0.1 }], minutes);
      assert.equal(report.complaints.length, count);
    }
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interactions } from '../../schemas/topics.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { favouriteHours, habits, habitStage } from './habit.ts';
import { interactionAt } from './interaction-at.ts';

test('the favourite hour is the one with the most interactions, and is told when it changes', () => {
  const bench = new TestBench({ stages: [habitStage] });
  for (const time of ['2026-03-01T09:10Z', '2026-03-02T20:00Z', '2026-03-03T20:30Z']) {
    bench.send(interactions, 'anna', interactionAt('anna', time));
  }
  bench.run();
  assert.equal(bench.get(habits, 'anna')?.favourite, 20);
  assert.deepEqual(
    bench.written(favouriteHours).map(({ value }) => value?.hour),
    [9, 20],
  );
});

test('a habit is forgotten half a year after the last interaction', () => {
  const bench = new TestBench({ stages: [habitStage], partitions: 1 });
  bench.send(interactions, 'anna', interactionAt('anna', '2026-01-01T09:00Z')).run();
  bench.send(interactions, 'bert', interactionAt('bert', '2026-08-01T09:00Z')).run();
  assert.deepEqual([...bench.table(habits).keys()], ['bert']);
});

test('batches, restarts and the order of tasks change nothing', () => {
  const tables = [1, 2, 3].map((disorderSeed) => {
    const bench = new TestBench({ stages: [habitStage], disorderSeed });
    for (let n = 0; n < 500; n += 1) {
      const customer = `customer-${n % 7}`;
      bench.send(interactions, customer, interactionAt(customer, Date.UTC(2026, 0, 1, n % 50)));
    }
    return bench.run().tableBytes(habits);
  });
  assert.deepEqual(tables[1], tables[0]);
  assert.deepEqual(tables[2], tables[0]);
});

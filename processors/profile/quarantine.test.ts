// A program that clicks through the shop is counted and kept from leading others; people who are quick are not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as topics from '../../schemas/topics.ts';
import { TestBench } from '../../streams/testing/test-bench.ts';
import { at, interaction, item } from '../testing/given.ts';
import { stages } from '../topology.ts';

const ITEMS = 30;

function shop(): TestBench {
  const bench = new TestBench({ stages });
  for (let number = 0; number < ITEMS; number += 1)
    bench.send(topics.items, `item-${number}`, item(`item-${number}`), at(0));
  return bench.run();
}

/** So many looks, so many milliseconds apart, from a minute on. */
function looks(
  bench: TestBench,
  customer_id: string,
  count: number,
  everyMs: number,
  minute = 0,
  rest = {},
): TestBench {
  for (let number = 0; number < count; number += 1) {
    const atMs = at(minute) + number * everyMs;
    const one = interaction('view', `item-${number % ITEMS}`, atMs, { customer_id, ...rest });
    bench.send(topics.interactions, customer_id, one, atMs);
  }
  return bench.run();
}

const viewsIn = (bench: TestBench) =>
  [...bench.table(topics.itemFeatures).values()].reduce((sum, { views }) => sum + views, 0);

describe('ten thousand clicks a minute', () => {
  it('are counted, teach the items next to nothing and leave no session to learn from', () => {
    const bench = looks(shop(), 'bot', 2_000, 6);
    assert.ok((bench.counted.get('quarantined') ?? 0) > 1_900, JSON.stringify([...bench.counted]));
    assert.ok(viewsIn(bench) < 50, `${viewsIn(bench)} views`);
    assert.ok([...bench.table(topics.sessions).keys()].every((key) => !key.startsWith('bot')));
    assert.equal(bench.get(topics.profiles, 'bot')?.counts['view'], 2_000, 'its own profile is as true as any');
  });

  it('are forgotten a day later: who has learnt to behave counts again', () => {
    const bench = looks(shop(), 'bot', 200, 6);
    const before = viewsIn(bench);
    looks(bench, 'bot', 3, 60_000, 60);
    assert.equal(viewsIn(bench), before);
    looks(bench, 'bot', 3, 60_000, 26 * 60);
    assert.ok([...bench.table(topics.sessions).keys()].some((key) => key.startsWith('bot')));
  });

  it('are no crime in an import, whose times may all be the same, nor is a quick customer a program', () => {
    const bench = looks(shop(), 'imported', 200, 0, 0, { backfill: true });
    looks(bench, 'quick', 200, 1_000);
    assert.equal(bench.counted.get('quarantined'), undefined);
  });
});

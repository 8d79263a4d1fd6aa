// A list that was prepared is given again, and is never another one than what would be made anew, whatever has changed meanwhile.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { readSettings } from '../../config/settings.ts';
import { items, recommendations } from '../../schemas/topics.ts';
import { arrangementOf } from '../rules/arrangement.ts';
import type { ListRules } from '../rules/rule-book.ts';
import { ServingReads } from '../serving-reads.ts';
import { aList, anItem, nowMs } from '../testing/examples.ts';
import { FakeServing } from '../testing/fake-serving.ts';
import { CustomerLists } from './customer-lists.ts';
import { listParameters, type Asked } from './question.ts';

const { settings } = readSettings({ DATA_DIR: '/nowhere' });
const byDefault = Object.fromEntries(
  Object.entries(listParameters(settings)).map(([name, parameter]) => [name, parameter.byDefault]),
) as Asked;
const own = ['kettle', 'mug', 'spoon'];
/** Longer than an item counts as just read. */
const aWhileMs = 251;

/** What lists are made of, and who makes them. */
class World {
  readonly serving = new FakeServing();
  timeMs = nowMs;
  rules = listRules(() => true);
  served = 0;

  constructor() {
    for (const item_id of [...own, 'teapot']) this.serving.put(items, item_id, anItem({ item_id, title: item_id }));
    this.putList('r-1');
  }

  putList(recommendation_id: string): void {
    const one = { score: 0.5, algorithm: 'session_knn', because: [0] };
    this.serving.put(
      recommendations,
      'ada',
      aList({ recommendation_id, items: own.map((item_id) => ({ ...one, item_id })) }),
    );
  }

  lists(): CustomerLists {
    const clock = { nowMs: () => this.timeMs, sleep: async () => {} };
    return new CustomerLists({
      clock,
      settings,
      reads: new ServingReads({ serving: this.serving, clock, physicalName: (name) => name }),
      rules: { ofLists: () => this.rules },
      partitionOf: () => 0,
      scoreSession: () => [],
      count: () => (this.served += 1),
    });
  }
}

const ask = (lists: CustomerLists, limit = 2) => lists.of('ada', { ...byDefault, limit }, `/ada?limit=${limit}`);
const isReady = (answer: unknown) => !(answer instanceof Promise);

suite('prepared lists', () => {
  test('what was asked before is there at once, the same to the byte, and is counted', async () => {
    const world = new World();
    const lists = world.lists();
    const first = await ask(lists);
    const again = ask(lists);
    assert.ok(isReady(again));
    assert.deepEqual(again, first);
    assert.equal(world.served, 2);
    world.timeMs += aWhileMs;
    assert.ok(isReady(ask(lists)), 'its items were read again, and are the same');
    assert.equal(isReady(ask(lists, 1)), false, 'another question');
  });

  test('a list that rankings fill up is made anew each time', async () => {
    const lists = new World().lists();
    await ask(lists, 10);
    assert.equal(isReady(ask(lists, 10)), false);
  });

  test('it is never another one than what would be made anew', async () => {
    const itemId = fc.constantFrom(...own, 'teapot');
    const time = fc.oneof(fc.constant(null), fc.integer({ min: nowMs - 1000, max: nowMs + 20_000 }));
    const change = fc.oneof(
      fc.record({
        item: itemId,
        hidden: fc.boolean(),
        in_stock: fc.boolean(),
        title: fc.constantFrom('A', 'B', 'é'),
        published_at: time,
        expires_at: time,
      }),
      fc.record({ gone: itemId }),
      fc.record({ list: fc.constantFrom('r-2', 'r-3') }),
      fc.record({ ruledOut: fc.option(itemId) }),
      fc.record({ passes: fc.integer({ min: 0, max: 5000 }) }),
    );
    let ready = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const world = new World();
        const lists = world.lists();
        for (const each of changes) {
          apply(each, world);
          world.timeMs += aWhileMs;
          for (const limit of [1, 2, 3]) {
            const given = ask(lists, limit);
            ready += Number(isReady(given));
            assert.deepEqual(await given, await ask(world.lists(), limit));
          }
        }
      }),
    );
    assert.ok(ready > 100, `only ${ready} were there at once`);
  });
});

function listRules(lets: ListRules['lets']): ListRules {
  return { lets, arrangement: (occasion) => arrangementOf([], occasion) };
}

function apply(change: object, world: World): void {
  if ('item' in change) {
    const { item, ...fields } = change;
    world.serving.put(items, String(item), anItem({ item_id: String(item), ...fields }));
  } else if ('gone' in change) world.serving.remove(items, String(change.gone));
  else if ('list' in change) world.putList(String(change.list));
  else if ('ruledOut' in change) {
    const { ruledOut } = change;
    world.rules = listRules((itemId) => itemId !== ruledOut);
  } else if ('passes' in change) world.timeMs += Number(change.passes);
}

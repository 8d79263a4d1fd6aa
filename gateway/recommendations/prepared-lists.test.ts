// A list that was prepared is given again, and is never another one than what would be made anew, whatever has changed meanwhile.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { readSettings } from '../../config/settings.ts';
import { items, recommendations } from '../../schemas/topics.ts';
import type { ServingKey } from '../../serving/serving-store.ts';
import type { TaggedAnswer } from '../http/etag.ts';
import { arrangementOf } from '../rules/arrangement.ts';
import type { ListRules } from '../rules/rule-book.ts';
import { ServingReads, type ReadableStore } from '../serving-reads.ts';
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
/** Twice that is longer; once, and it is time to read it again. */
const soonMs = 160;

/** A store on a server: it answers later, and what it answers is how things stood in between. */
class LateServing implements ReadableStore {
  readonly #store: FakeServing;

  constructor(store: FakeServing) {
    this.#store = store;
  }

  async get(collection: string, key: string): Promise<Buffer | null> {
    await turn();
    const found = this.#store.get(collection, key);
    await turn();
    return found;
  }

  async getMany(keys: readonly ServingKey[]): Promise<(Buffer | null)[]> {
    return Promise.all(keys.map(({ collection, key }) => this.get(collection, key)));
  }

  async waitForProgress(): Promise<boolean> {
    return true;
  }
}

/** What lists are made of, and who makes them. */
class World {
  readonly serving = new FakeServing();
  readonly #isLate: boolean;
  timeMs = nowMs;
  ruledOut: string | null = null;
  served = 0;
  /** How often items were held against the rules, as is done when a list is made. */
  looks = 0;
  #rules = this.#makeRules();

  constructor(isLate = false) {
    this.#isLate = isLate;
    for (const item_id of [...own, 'teapot']) this.serving.put(items, item_id, anItem({ item_id, title: item_id }));
    this.putList('r-1');
  }

  putList(recommendation_id: string): void {
    const one = { score: 0.5, algorithm: 'session_knn', because: [0], propensity: 1 };
    this.serving.put(
      recommendations,
      'ada',
      aList({ recommendation_id, items: own.map((item_id) => ({ ...one, item_id })) }),
    );
  }

  ruleOut(itemId: string | null): void {
    this.ruledOut = itemId;
    this.#rules = this.#makeRules();
  }

  lists(): CustomerLists {
    const clock = { nowMs: () => this.timeMs, sleep: async () => {} };
    const serving = this.#isLate ? new LateServing(this.serving) : this.serving;
    return new CustomerLists({
      clock,
      settings,
      reads: new ServingReads({ serving, clock, physicalName: (name) => name }),
      rules: { ofLists: () => this.#rules },
      partitionOf: () => 0,
      scoreSession: () => [],
      count: () => (this.served += 1),
    });
  }

  /** Whether an answer is found, and not made. */
  async isFound(answer: () => unknown): Promise<boolean> {
    const before = this.looks;
    await answer();
    return this.looks === before;
  }

  #makeRules(): ListRules {
    const lets = (itemId: string) => {
      this.looks += 1;
      return itemId !== this.ruledOut;
    };
    return { lets, arrangement: (occasion) => arrangementOf([], occasion) };
  }
}

const ask = async (lists: CustomerLists, limit = 2) =>
  sent(await lists.of('ada', { ...byDefault, limit }, `/ada?limit=${limit}`));

/** What goes out; in which way it is kept is nobody's business. */
function sent({ status, body, bytes, headers }: TaggedAnswer) {
  if (bytes !== undefined) assert.equal(Buffer.from(bytes, 'latin1').toString(), body);
  return { status, body, headers };
}

for (const [store, isLate] of [
  ['a store in this process', false],
  ['a store on a server', true],
] as const)
  suite(`prepared lists, from ${store}`, () => {
    test('what was asked twice is found from then on, the same to the byte, and is counted', async () => {
      const world = new World(isLate);
      const lists = world.lists();
      const first = await ask(lists);
      assert.equal(await world.isFound(() => ask(lists)), false, 'for most lists it would be in vain');
      assert.equal(await world.isFound(async () => assert.deepEqual(await ask(lists), first)), true);
      assert.equal(world.served, 3);
      world.timeMs += aWhileMs;
      assert.equal(await world.isFound(() => ask(lists)), true, 'its items were read again, and are the same');
      assert.equal(await world.isFound(() => ask(lists, 1)), false, 'another question');
    });

    test('a list that rankings fill up is made anew each time', async () => {
      const world = new World(isLate);
      const lists = world.lists();
      for (let time = 0; time < 3; time += 1) assert.equal(await world.isFound(() => ask(lists, 10)), false);
    });

    test('it is never another one than what would be made anew, whatever changes before, while and after it is made', async () => {
      let found = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
          const world = new World(isLate);
          const lists = world.lists();
          for (const each of changes) {
            const meanwhile = limits.map((limit) => ask(lists, limit));
            apply(each, world);
            await Promise.all(meanwhile);
            world.timeMs += aWhileMs;
            const others = world.lists();
            for (const limit of limits) {
              found += Number(await world.isFound(() => ask(lists, limit)));
              assert.deepEqual(await ask(lists, limit), await ask(others, limit));
            }
          }
        }),
        { numRuns: 40 },
      );
      assert.ok(found > 20, `only ${found} were found`);
    });

    test('who asks is told when the store is away, and nobody else is harmed by it', async () => {
      const world = new World(isLate);
      const lists = world.lists();
      for (let time = 0; time < 3; time += 1) await ask(lists);
      const away = Object.assign(new Error('it is away'), { kind: 'DependencyUnavailable' });
      world.serving.failure = away;
      world.timeMs += aWhileMs;
      await assert.rejects(async () => ask(lists), away);
      world.serving.failure = null;
      assert.equal(await world.isFound(() => ask(lists)), true);
    });
  });

test('items of a store on a server are read again beside, before anybody has to wait for them', async () => {
  const world = new World(true);
  const lists = world.lists();
  for (let time = 0; time < 3; time += 1) await ask(lists);
  world.serving.put(items, own[0] ?? '', anItem({ item_id: own[0] ?? '', title: 'changed' }));
  world.timeMs += soonMs;
  const before = await ask(lists);
  world.serving.failure = Object.assign(new Error('it is away'), { kind: 'DependencyUnavailable' });
  world.timeMs += soonMs;
  await assert.rejects(async () => ask(lists), 'the list itself');
  world.serving.failure = null;
  assert.notDeepEqual(await ask(lists), before, 'what was read beside counts');
  assert.deepEqual(await ask(lists), await ask(world.lists()));
});

const limits = [1, 2, 3];
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

function apply(each: object, world: World): void {
  if ('item' in each) {
    const { item, ...fields } = each;
    world.serving.put(items, String(item), anItem({ item_id: String(item), ...fields }));
  } else if ('gone' in each) world.serving.remove(items, String(each.gone));
  else if ('list' in each) world.putList(String(each.list));
  else if ('ruledOut' in each) world.ruleOut(each.ruledOut as string | null);
  else if ('passes' in each) world.timeMs += Number(each.passes);
}

/** Long enough that others get ahead. */
async function turn(): Promise<void> {
  for (let promises = 0; promises < 5; promises += 1) await Promise.resolve();
}

// What every implementation of `store.ts` must do. `reopen` stands for a restart of the process: same folder, new store.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Bug } from '../errors.ts';
import { compareKeys } from './key-order.ts';
import { KEY_BYTES_MAX, type StateStore, type StoreWrite, type TaskStore } from './store.ts';

export interface StoreUnderTest {
  /** Opens the stores; what a former one held is still there. */
  open(): Promise<StateStore>;
  /** Deletes all that the test left. */
  remove(): Promise<void>;
}

const bytes = (text: string): Buffer => Buffer.from(text);
const put = (table: string, key: string, value: string | Buffer): StoreWrite => ({
  table,
  key,
  value: Buffer.from(value),
});
const drop = (table: string, key: string): StoreWrite => ({ table, key, value: null });
const META = bytes('meta');

export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`state store contract: ${name}`, () => {
    let subject: StoreUnderTest;
    let states: StateStore;
    let store: TaskStore;

    beforeEach(async () => {
      subject = await make();
      states = await subject.open();
      store = await states.open('customers.0');
    });
    afterEach(async () => {
      await states.close();
      await subject.remove();
    });

    async function reopen(): Promise<void> {
      await states.close();
      states = await subject.open();
      store = await states.open('customers.0');
    }
    const text = (table: string, key: string): string | undefined => store.get(table, key)?.toString();
    const keys = (table: string, bounds?: Parameters<TaskStore['range']>[1]): string[] =>
      Array.from(store.range(table, bounds), (entry) => entry.key);

    test('a new store is empty', () => {
      assert.equal(store.meta, null);
      assert.equal(store.get('profiles', 'anna'), undefined);
      assert.deepEqual(keys('profiles'), []);
    });

    test('what was applied is there at once, with its meta', async () => {
      await store.apply([put('profiles', 'anna', 'one')], bytes('position 1'));
      assert.equal(text('profiles', 'anna'), 'one');
      assert.deepEqual(store.meta, bytes('position 1'));
      await store.apply([put('profiles', 'anna', 'two')], bytes('position 2'));
      assert.equal(text('profiles', 'anna'), 'two');
      assert.deepEqual(store.meta, bytes('position 2'));
    });

    test('a get after apply never sees the former value, however often it was read before', async () => {
      for (let round = 0; round < 300; round += 1) {
        const applied = store.apply([put('profiles', 'anna', String(round))], META);
        store.get('profiles', 'anna');
        await applied;
        assert.equal(text('profiles', 'anna'), String(round));
      }
    });

    test('meta alone can be applied', async () => {
      await store.apply([], bytes('position 7'));
      assert.deepEqual(store.meta, bytes('position 7'));
    });

    test('later writes win within one apply', async () => {
      await store.apply(
        [
          put('t', 'a', '1'),
          put('t', 'a', '2'),
          put('t', 'b', '1'),
          drop('t', 'b'),
          drop('t', 'c'),
          put('t', 'c', '3'),
        ],
        META,
      );
      assert.deepEqual([text('t', 'a'), text('t', 'b'), text('t', 'c')], ['2', undefined, '3']);
    });

    test('null deletes, also what is not there', async () => {
      await store.apply([put('t', 'a', '1')], META);
      await store.apply([drop('t', 'a'), drop('t', 'never')], META);
      assert.equal(store.get('t', 'a'), undefined);
      assert.deepEqual(keys('t'), []);
    });

    test('read bytes stay as they were while others are read and written', async () => {
      await store.apply(
        [put('t', 'a', 'first'), put('t', 'b', 'other'), put('t', 'long', Buffer.alloc(200_000, 'x'))],
        META,
      );
      const [small, long] = [store.get('t', 'a'), store.get('t', 'long')];
      store.get('t', 'b');
      await store.apply([put('t', 'a', 'later'), put('t', 'long', Buffer.alloc(200_000, 'y'))], META);
      for (let round = 0; round < 50; round += 1)
        await store.apply([put('t', `k${round}`, Buffer.alloc(50_000, 'z'))], META);
      assert.equal(small?.toString(), 'first');
      assert.ok(long?.equals(Buffer.alloc(200_000, 'x')));
    });

    test('empty values and empty keys are values and keys', async () => {
      await store.apply([put('t', '', 'no key'), put('t', 'empty', '')], META);
      assert.equal(text('t', ''), 'no key');
      assert.deepEqual(store.get('t', 'empty'), Buffer.alloc(0));
      assert.deepEqual(
        Array.from(store.range('t'), (entry) => [entry.key, entry.value.length]),
        [
          ['', 6],
          ['empty', 0],
        ],
      );
    });

    test('values of 1 MiB', async () => {
      const value = Buffer.alloc(1 << 20, 'abc');
      await store.apply([put('t', 'large', value), put('t', 'small', 'x')], META);
      assert.ok(store.get('t', 'large')?.equals(value));
      assert.equal(text('t', 'small'), 'x');
      assert.ok(Array.from(store.range('t'))[0]?.value.equals(value));
    });

    test('tables are independent, also when one is named like the beginning of another', async () => {
      await store.apply(
        [put('pro', 'files', '1'), put('profiles', 'a', '2'), put('profiles2', 'a', '3'), put('p', 'rofiles', '4')],
        META,
      );
      assert.deepEqual(
        [keys('p'), keys('pro'), keys('profiles'), keys('profiles2')],
        [['rofiles'], ['files'], ['a'], ['a']],
      );
      await store.apply([drop('profiles', 'a')], META);
      assert.equal(text('profiles2', 'a'), '3');
      assert.equal(store.get('profiles', 'a'), undefined);
    });

    test('range is in byte order of UTF-8, which is not the order of JavaScript', async () => {
      const wanted = [
        '',
        ' ',
        'A',
        'Z',
        'a',
        'a\0',
        'a\0b',
        'aa',
        'b',
        'z',
        'é',
        'Ж',
        '中',
        '\ud7ff',
        '\ue000',
        '\ufffd',
        '😀',
        '\u{10ffff}',
      ];
      await store.apply(
        wanted.toReversed().map((key) => put('t', key, key)),
        META,
      );
      assert.deepEqual(keys('t'), wanted);
      assert.deepEqual(wanted.toSorted(compareKeys), wanted);
      assert.deepEqual(
        wanted.toSorted((one, other) => Buffer.compare(bytes(one), bytes(other))),
        wanted,
      );
    });

    test('range has an inclusive start, an exclusive end, and a limit', async () => {
      await store.apply(
        ['a', 'b', 'c', 'd', 'é'].map((key) => put('t', key, key)),
        META,
      );
      assert.deepEqual(keys('t', { from: 'b' }), ['b', 'c', 'd', 'é']);
      assert.deepEqual(keys('t', { to: 'c' }), ['a', 'b']);
      assert.deepEqual(keys('t', { from: 'b', to: 'd' }), ['b', 'c']);
      assert.deepEqual(keys('t', { from: 'bb', to: 'cc' }), ['c']);
      assert.deepEqual(keys('t', { from: 'c', to: 'c' }), []);
      assert.deepEqual(keys('t', { from: 'd', to: 'b' }), []);
      assert.deepEqual(keys('t', { from: 'e', limit: 5 }), ['é']);
      assert.deepEqual(keys('t', { limit: 2 }), ['a', 'b']);
      assert.deepEqual(keys('t', { limit: 0 }), []);
    });

    test('range can be left early, and walked again', async () => {
      await store.apply(
        ['a', 'b', 'c'].map((key) => put('t', key, key)),
        META,
      );
      for (let round = 0; round < 300; round += 1) {
        for (const { key } of store.range('t')) if (key === 'b') break;
      }
      const range = store.range('t');
      await store.apply([drop('t', 'a')], META);
      assert.deepEqual(Array.from(range, ({ key }) => key).at(-1), 'c');
      assert.deepEqual(keys('t'), ['b', 'c']);
    });

    test('state survives a restart', async () => {
      await store.apply([put('t', 'a', '1'), put('t', 'b', '2')], bytes('position 2'));
      await store.apply([drop('t', 'b')], bytes('position 3'));
      await reopen();
      assert.deepEqual([text('t', 'a'), text('t', 'b'), store.meta?.toString()], ['1', undefined, 'position 3']);
    });

    test('a task can be closed and opened again, and only the new one works', async () => {
      await store.apply([put('t', 'a', '1')], META);
      const former = store;
      await former.close();
      store = await states.open('customers.0');
      assert.equal(text('t', 'a'), '1');
      await assert.rejects(former.apply([], META), Bug);
      assert.throws(() => former.get('t', 'a'), Bug);
    });

    test('wipe empties one task, open or not, and no other', async () => {
      const other = await states.open('customers.1');
      await store.apply([put('t', 'a', '1')], META);
      await other.apply([put('t', 'a', '2')], META);
      await states.wipe('customers.0');
      await states.wipe('customers.9');
      store = await states.open('customers.0');
      assert.deepEqual([store.meta, store.get('t', 'a'), keys('t')], [null, undefined, []]);
      assert.equal(other.get('t', 'a')?.toString(), '2');
      await reopen();
      assert.equal(store.meta, null);
      assert.equal((await states.open('customers.1')).get('t', 'a')?.toString(), '2');
    });

    test('tasks apply at the same time and stay apart', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, (_, task) => states.open(`customers.${task}`)));
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(
          stores.map((each, task) =>
            each.apply([put('t', 'a', `${task}:${round}`), put('t', `k${round}`, 'x')], bytes(`${task}:${round}`)),
          ),
        );
        stores.forEach((each, task) => {
          assert.equal(each.get('t', 'a')?.toString(), `${task}:${round}`);
          assert.equal(each.meta?.toString(), `${task}:${round}`);
        });
      }
      stores.forEach((each) => assert.equal(Array.from(each.range('t')).length, 21));
    });

    test('a task opened while another one applies does not tear its writes', async () => {
      const applied = store.apply(
        Array.from({ length: 2000 }, (_, at) => put('t', `k${at}`, 'x')),
        META,
      );
      await states.open('customers.5');
      await applied;
      assert.equal(keys('t').length, 2000);
    });

    test('many entries', async () => {
      const rounds = 20;
      const entries = 2500;
      for (let round = 0; round < rounds; round += 1) {
        await store.apply(
          Array.from({ length: entries }, (_, at) => put('t', `customer-${round}-${at}`, Buffer.alloc(100, at))),
          META,
        );
      }
      assert.equal(Array.from(store.range('t')).length, rounds * entries);
      for (let at = 0; at < entries; at += 97)
        assert.deepEqual(store.get('t', `customer-7-${at}`), Buffer.alloc(100, at));
    });

    test('a key of the greatest length is kept; a longer one is refused, with all that came with it', async () => {
      const longest = 'ä'.repeat(KEY_BYTES_MAX / 2);
      const table = 't'.repeat(255);
      await store.apply([put(table, longest, '1')], META);
      assert.equal(text(table, longest), '1');
      assert.deepEqual(keys(table), [longest]);
      await assert.rejects(store.apply([put('t', 'good', '1'), put('t', `${longest}a`, '2')], bytes('later')), Bug);
      assert.deepEqual([store.get('t', 'good'), store.meta], [undefined, META]);
      assert.throws(() => store.get('t', `${longest}a`), Bug);
      for (const name of ['', 'a\0b', 't'.repeat(256)])
        await assert.rejects(store.apply([put(name, 'a', '1')], META), Bug);
    });
  });
}

// What every implementation of `serving-store.ts` must do. `open` a second time stands for a restart of the process.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bug, StateUnusable } from '../streams/errors.ts';
import { KEY_BYTES_MAX } from '../streams/store/store.ts';
import type { ServingBatch, ServingEntry, ServingStore, StageOffset } from './serving-store.ts';

export interface ServingUnderTest {
  /** Opens the store; what it held is still there. */
  open(): Promise<ServingStore>;
  /** Deletes all that the test left. */
  remove(): Promise<void>;
}

const put = (offset: number, key: string, value: string | null, collection = 'profiles'): ServingEntry => ({
  collection,
  key,
  value: value === null ? null : Buffer.from(value),
  offset,
});
const from = (partition: number, nextOffset: number, ...entries: ServingEntry[]): ServingBatch => ({
  topic: 'freshet.profiles.v1',
  partition,
  entries,
  nextOffset,
});
const reached = (offset: number, partition = 0, stage = 'customers'): StageOffset => ({
  stage,
  topic: 'freshet.interactions.v1',
  partition,
  offset,
});

interface ServingContractOptions {
  /** Its keys stand on several nodes, so that a batch is not seen as a whole. @default false */
  readonly isSpread?: boolean;
}

export function servingContract(
  name: string,
  make: () => Promise<ServingUnderTest>,
  { isSpread = false }: ServingContractOptions = {},
): void {
  describe(`serving store contract: ${name}`, () => {
    let subject: ServingUnderTest;
    let store: ServingStore;

    beforeEach(async () => {
      subject = await make();
      store = await subject.open();
    });
    afterEach(async () => {
      await store.close();
      await subject.remove();
    });

    async function restart(): Promise<void> {
      await store.close();
      store = await subject.open();
    }
    const text = async (key: string, collection = 'profiles'): Promise<string | undefined> =>
      (await store.get(collection, key))?.toString();
    const positions = async (): Promise<string[]> =>
      (await store.positions()).map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`).sort();

    test('a new store is empty', async () => {
      assert.equal(await store.get('profiles', 'anna'), null);
      assert.deepEqual(await store.positions(), []);
      assert.equal(await store.progress(reached(0)), 0);
      assert.deepEqual(await store.health(), { ok: true, problem: null });
    });

    test('what was written is read, as its bytes are', async () => {
      const bytes = Buffer.from([0, 255, 1, 254]);
      await store.write([from(0, 3, { ...put(1, 'anna', ''), value: bytes }, put(2, 'bert', 'B'))]);
      assert.deepEqual(await store.get('profiles', 'anna'), bytes);
      assert.deepEqual(await store.getMany([]), []);
      const many = await store.getMany([
        { collection: 'profiles', key: 'bert' },
        { collection: 'profiles', key: 'nobody' },
        { collection: 'segments', key: 'bert' },
        { collection: 'profiles', key: 'anna' },
      ]);
      assert.deepEqual(many, [Buffer.from('B'), null, null, bytes]);
    });

    test('positions say where to read on, per source, also past gaps and without entries', async () => {
      await store.write([from(0, 5, put(1, 'anna', 'a')), from(1, 9)]);
      await store.write([from(0, 12)]);
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@12', 'freshet.profiles.v1/1@9']);
    });

    test('what lies below the position is ignored: repeating changes nothing', async () => {
      await store.write([from(0, 3, put(1, 'anna', 'old'), put(2, 'anna', 'new'))]);
      await store.write([from(0, 2, put(1, 'anna', 'old'))]);
      await store.write([from(0, 3, put(1, 'anna', 'old'))]);
      assert.equal(await text('anna'), 'new');
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@3']);
    });

    test('a zombie whose batch reaches past the position adds only what is new', async () => {
      await store.write([from(0, 6, put(2, 'anna', '2'), put(5, 'bert', '5'))]);
      await store.write([from(0, 8, put(1, 'anna', '1'), put(4, 'bert', '4'), put(7, 'carl', '7'))]);
      assert.deepEqual([await text('anna'), await text('bert'), await text('carl')], ['2', '5', '7']);
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@8']);
    });

    test('an older write does not bring a deleted key back, also after a restart', async () => {
      await store.write([from(0, 2, put(1, 'anna', 'here'))]);
      await store.write([from(0, 4, put(3, 'anna', null))]);
      await store.write([from(0, 2, put(1, 'anna', 'here'))]);
      assert.equal(await store.get('profiles', 'anna'), null);
      await restart();
      await store.write([from(0, 4, put(1, 'anna', 'here'))]);
      assert.equal(await store.get('profiles', 'anna'), null);
    });

    test('several batches of one source in one call count in their order', async () => {
      await store.write([
        from(0, 3, put(2, 'anna', '2')),
        from(0, 2, put(1, 'anna', '1')),
        from(0, 5, put(4, 'anna', '4')),
      ]);
      assert.equal(await text('anna'), '4');
      await store.write([from(0, 9), from(0, 7)]);
      await restart();
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@9']);
    });

    test('one record may make several entries, the later ones win', async () => {
      const entries = [
        put(4, 'all', 'r1', 'rankings'),
        put(4, 'shoes', 'r2', 'rankings'),
        put(4, 'all', 'r3', 'rankings'),
      ];
      await store.write([from(0, 5, ...entries)]);
      assert.deepEqual([await text('all', 'rankings'), await text('shoes', 'rankings')], ['r3', 'r2']);
    });

    test('overlapping calls take effect in their order', async () => {
      const calls = Array.from({ length: 50 }, (_, at) =>
        store.write([from(0, at + 1, put(at, 'anna', String(at)))], [reached(at)]),
      );
      await Promise.all(calls);
      assert.equal(await text('anna'), '49');
      assert.equal(await store.progress(reached(0)), 49);
    });

    test('sources and collections are independent', async () => {
      await store.write([from(0, 100, put(99, 'anna', 'p0'))]);
      await store.write([from(1, 2, put(1, 'bert', 'p1'), put(1, 'anna', 'other', 'profiles2'))]);
      assert.deepEqual(
        [await text('anna'), await text('bert'), await text('anna', 'profiles2')],
        ['p0', 'p1', 'other'],
      );
    });

    test('everything survives a restart', async () => {
      await store.write([from(0, 7, put(6, 'anna', 'a'))], [reached(40), reached(41, 1)]);
      await restart();
      assert.equal(await text('anna'), 'a');
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@7']);
      assert.deepEqual([await store.progress(reached(0)), await store.progress(reached(0, 1))], [40, 41]);
    });

    test('progress only moves forward, per stage and input', async () => {
      await store.write([], [reached(10)]);
      await store.write([], [reached(8), reached(12), reached(11), reached(3, 0, 'items')]);
      assert.deepEqual([await store.progress(reached(0)), await store.progress(reached(0, 0, 'items'))], [12, 3]);
      await restart();
      assert.equal(await store.progress(reached(0)), 12);
    });

    test('waiting ends as soon as the record is reflected, and finds the entries written with it', async () => {
      const waiting = store.waitForProgress(reached(20), 10_000);
      await store.write([from(0, 1, put(0, 'anna', 'early'))], [reached(20)]);
      assert.equal(await Promise.race([waiting, sleep(50, 'still waiting')]), 'still waiting');
      await store.write([from(0, 2, put(1, 'anna', 'late'))], [reached(21)]);
      assert.equal(await waiting, true);
      assert.equal(await text('anna'), 'late');
      assert.equal(await store.waitForProgress(reached(20), 0), true);
    });

    test('waiting ends when its time is over, when it is aborted, and when the store is closed', async () => {
      assert.equal(await store.waitForProgress(reached(20), 0), false);
      assert.equal(await store.waitForProgress(reached(20), 20), false);
      const abort = new AbortController();
      const aborted = store.waitForProgress(reached(20), 10_000, abort.signal);
      abort.abort();
      assert.equal(await aborted, false);
      const closed = store.waitForProgress(reached(20), 10_000);
      await restart();
      assert.equal(await closed, false);
    });

    test('many wait for different records', async () => {
      const waiting = Array.from({ length: 200 }, (_, at) => store.waitForProgress(reached(at, at % 4), 10_000));
      await store.write(
        [],
        [0, 1, 2, 3].map((partition) => reached(100, partition)),
      );
      assert.deepEqual(
        await Promise.all(waiting.slice(0, 100)),
        Array.from({ length: 100 }, () => true),
      );
      await store.write(
        [],
        [0, 1, 2, 3].map((partition) => reached(200, partition)),
      );
      assert.ok((await Promise.all(waiting)).every(Boolean));
    });

    test('reset deletes everything, and the same can be written again', async () => {
      await store.write([from(0, 7, put(6, 'anna', 'a'))], [reached(40)]);
      await store.reset();
      assert.deepEqual(
        [await store.get('profiles', 'anna'), await store.positions(), await store.progress(reached(0))],
        [null, [], 0],
      );
      await store.write([from(0, 3, put(2, 'anna', 'again'))], [reached(5)]);
      await restart();
      assert.equal(await text('anna'), 'again');
      assert.equal(await store.progress(reached(0)), 5);
    });

    test('a batch that goes on from more than is there is refused, and changes nothing', async () => {
      await store.write([from(0, 3, put(2, 'anna', 'a'))]);
      await store.write([{ ...from(0, 5, put(4, 'anna', 'b')), from: 3 }]);
      await assert.rejects(store.write([{ ...from(0, 9, put(8, 'anna', 'c')), from: 6 }], [reached(9)]), StateUnusable);
      assert.equal(await text('anna'), 'b');
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@5']);
      assert.equal(await store.progress(reached(0)), 0);
      await store.write([
        { ...from(0, 9, put(8, 'anna', 'c')), from: 5 },
        { ...from(0, 12), from: 9 },
      ]);
      assert.deepEqual(await positions(), ['freshet.profiles.v1/0@12']);
    });

    /** Reads `keys` over and over, in the order given, while something writes; `check` gets what each saw. */
    async function readDuring(
      writing: Promise<void>,
      keys: readonly string[],
      check: (seen: readonly (string | undefined)[]) => void,
    ): Promise<void> {
      let done = false;
      void writing.finally(() => (done = true)).catch(() => undefined); // what it throws is awaited below
      while (!done) {
        check(await Promise.all(keys.map((key) => text(key))));
        await sleep(0);
      }
      await writing;
      check(await Promise.all(keys.map((key) => text(key))));
    }

    // On several nodes there is no moment at which all of a batch is there: such a store promises each key for itself.
    if (!isSpread)
      test('a reader never sees half of a batch', async () => {
        const keys = ['a', 'b', 'c'];
        const write = async () => {
          for (let at = 0; at < 100; at += 1)
            await store.write([from(0, at + 1, ...keys.map((key) => put(at, key, String(at))))]);
        };
        await readDuring(write(), keys, (seen) => {
          const [a, b, c] = seen.map((each) => Number(each ?? -1)) as [number, number, number];
          assert.ok(a <= b && b <= c, String(seen));
        });
      });

    test('each key is whole and only gets newer, while a batch is written and a zombie repeats it', async () => {
      const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);
      const rounds = 40;
      // Long enough to be sent and stored in several pieces, if any store did that; made of its round alone.
      const valueOf = (at: number) => `${at} `.repeat(2_000);
      const batch = (at: number) => from(0, at + 1, ...keys.map((key) => put(at, key, valueOf(at))));
      const write = async () => {
        for (let at = 0; at < rounds; at += 1)
          await Promise.all([store.write([batch(at)]), store.write([batch(at >> 1)])]);
      };
      const newest = new Map<string, number>();
      await readDuring(write(), keys, (seen) =>
        seen.forEach((value, index) => {
          const key = keys[index] as string; // as many were seen as were asked for
          const at = value === undefined ? -1 : Number.parseInt(value, 10);
          assert.ok(value === undefined || value === valueOf(at), `half of a value at ${key}`);
          assert.ok(at >= (newest.get(key) ?? -1), `${key} went back from ${newest.get(key)} to ${at}`);
          newest.set(key, at);
        }),
      );
      assert.deepEqual([...newest.values()], Array(keys.length).fill(rounds - 1));
      assert.deepEqual(await positions(), [`freshet.profiles.v1/0@${rounds}`]);
    });

    test('progress is never ahead of what it speaks of', async () => {
      const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);
      const rounds = 40;
      const write = async () => {
        for (let at = 0; at < rounds; at += 1)
          await store.write([from(0, at + 1, ...keys.map((key) => put(at, key, String(at))))], [reached(at + 1)]);
      };
      let told = 0;
      let done = false;
      const writing = write().finally(() => (done = true));
      while (!done) {
        told = await store.progress(reached(0));
        for (const key of keys) assert.ok(Number((await text(key)) ?? -1) >= told - 1, `${key} is behind ${told}`);
        await sleep(0); // a store in this process answers at once: the writer would never have its turn
      }
      await writing;
      assert.equal(await store.progress(reached(0)), rounds);
    });

    test('a batch that contradicts itself is refused whole', async () => {
      const wrong = [
        from(0, 3, put(1, 'anna', 'a'), put(3, 'bert', 'past the end')),
        from(0, 5, put(2, 'anna', 'a'), put(1, 'bert', 'backwards')),
        from(0, 5, put(1, 'anna', 'a'), put(2, 'x'.repeat(KEY_BYTES_MAX + 1), 'key too long')),
        from(0, 5, put(1, 'anna', 'a'), put(2, 'x', 'no such collection', '.positions')),
        from(0, 5, put(1, 'anna', 'a'), put(2, 'x', 'no such collection', 'profiles:a')),
      ];
      for (const batch of wrong) await assert.rejects(store.write([batch]), Bug);
      assert.equal(await store.get('profiles', 'anna'), null);
      assert.deepEqual(await store.positions(), []);
      assert.equal(await store.get('profiles', 'x'.repeat(100_000)), null);
    });
  });
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DecodedValues, type Decoded } from './decoded-values.ts';

/** As large as it is on its own, as estimated. */
function bytesOfOne(bytes: number): number {
  const alone = new DecodedValues(Infinity);
  alone.open().keep('key', { bytes });
  return alone.bytes;
}

describe('what a process keeps decoded', () => {
  it('is bounded in bytes, for all tables together, however large and many values are', () => {
    const bytesMax = 50_000;
    const use = fc.record({ table: fc.nat(4), key: fc.nat(60), bytes: fc.nat(3_000), closes: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(use, { maxLength: 300 }), (uses) => {
        const values = new DecodedValues(bytesMax);
        const shares = Array.from({ length: 5 }, () => values.open());
        for (const { table, key, bytes, closes } of uses) {
          if (closes === 0) {
            values.close(shares[table] as (typeof shares)[0]);
            shares[table] = values.open();
          }
          shares[table]?.take(String(key));
          shares[table]?.keep(String(key), { bytes });
          assert.ok(values.bytes <= bytesMax, `${values.bytes} bytes`);
        }
      }),
    );
  });

  it('is what was used of late', () => {
    const values = new DecodedValues(20 * bytesOfOne(0));
    const [often, once] = [values.open(), values.open()];
    const popular: Decoded = { bytes: 0 };
    often.keep('popular', popular);
    for (let number = 0; number < 100; number += 1) {
      once.keep(String(number), { bytes: 0 });
      const found = often.take('popular');
      assert.equal(found, popular);
      if (found !== undefined) often.keep('popular', found);
    }
    assert.equal(once.take('0'), undefined);
    assert.notEqual(once.take('99'), undefined);
  });

  it('is given out once: who changes it and gives up leaves nothing behind', () => {
    const share = new DecodedValues(10 * bytesOfOne(0)).open();
    for (const isOld of [false, true]) {
      share.keep('key', { bytes: 0 });
      if (isOld) share.age();
      assert.notEqual(share.take('key'), undefined);
      assert.equal(share.take('key'), undefined);
      assert.equal(share.youngBytes + share.oldBytes, 0);
    }
  });

  it('goes with its task, and makes room', () => {
    const values = new DecodedValues(20 * bytesOfOne(0));
    for (let task = 0; task < 100; task += 1) {
      const share = values.open();
      for (let number = 0; number < 10; number += 1) share.keep(String(number), { bytes: 0 });
      assert.equal(share.youngBytes, 10 * bytesOfOne(0));
      values.close(share);
      assert.equal(values.bytes, 0);
    }
  });
});

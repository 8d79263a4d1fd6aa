import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KeyTable } from './key-table.ts';

describe('a key table', () => {
  it('agrees with a map, however keys come and go', () => {
    const change = fc.record({ key: fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'c')), bind: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const table = new KeyTable(2);
        const slots = new Map<string, number>();
        const free: number[] = [];
        for (const { key, bind } of changes) {
          const slot = slots.get(key);
          if (bind && slot === undefined) {
            const taken = free.pop() ?? slots.size;
            slots.set(key, taken);
            table.insert(key, taken);
          } else if (!bind && slot !== undefined) {
            slots.delete(key);
            table.remove(slot);
            free.push(slot);
          }
        }
        for (const { key } of changes) assert.equal(table.find(key), slots.get(key) ?? -1);
      }),
    );
  });

  it('tells a hundred thousand similar keys apart, one character or the order of two', () => {
    const table = new KeyTable();
    const keys = Array.from({ length: 100_000 }, (_, at) => `customer-${at % 1000}~${Math.floor(at / 1000)}`);
    for (const [slot, key] of keys.entries()) {
      assert.equal(table.find(key), -1);
      table.insert(key, slot);
    }
    for (const [slot, key] of keys.entries()) assert.equal(table.find(key), slot);
    for (let slot = 0; slot < keys.length; slot += 2) table.remove(slot);
    for (const [slot, key] of keys.entries()) assert.equal(table.find(key), slot % 2 === 0 ? -1 : slot);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Schema } from 'avsc';
import type { Codec } from '../streams/index.ts';
import { avroCodec, avroPart, versionedCodec } from './avro.ts';
import { compile } from './compile.ts';
import { currentSchema, keptVersions, schemaNames } from './schema-files.ts';
import { arbitraryOf } from './testing/arbitrary.ts';
import type { ItemActivity, Profile, Rule } from './types.ts';

const rule: Rule = {
  rule_id: 'r1',
  version: 1,
  kind: 'segment-thresholds',
  updated_at: 1_767_225_600_000,
  active: true,
  starts_at: null,
  ends_at: null,
  numbers: { vip_value: 500 },
  words: {},
};

describe('every codec', () => {
  for (const name of schemaNames()) {
    it(`gives back what it was given: ${name}`, () => {
      const codec: Codec<unknown> = avroCodec(name);
      fc.assert(
        fc.property(arbitraryOf(currentSchema(name)), (value) => {
          const bytes = codec.encode(value);
          assert.deepEqual(codec.decode(bytes), value);
          assert.deepEqual(codec.encode(codec.decode(bytes)), bytes);
        }),
      );
    });
  }
});

describe('a part of a codec', () => {
  const profiles = avroCodec<Profile>('profiles');

  it('reads the same of these fields as the whole one, wherever they stand', () => {
    const part = avroPart<Pick<Profile, 'consent' | 'orders'>>('profiles', ['orders', 'consent']);
    fc.assert(
      fc.property(arbitraryOf(currentSchema('profiles')), (value) => {
        const { consent, orders } = value as Profile;
        assert.deepEqual(part.decode(profiles.encode(value as Profile)), { consent, orders });
      }),
    );
  });

  it('reads former versions, and refuses unknown ones', () => {
    const part = avroPart<Pick<Profile, 'consent'>>('profiles', ['consent']);
    for (const { version, schema } of keptVersions('profiles')) {
      const header = Buffer.from([0, 0, 0, 0, version]);
      const value = { ...(fc.sample(arbitraryOf(schema), 1)[0] as object), consent: true };
      const bytes = Buffer.concat([header, compile(schema).toBuffer(value)]);
      assert.deepEqual(part.decode(bytes), { consent: true }, `version ${version}`);
    }
    assert.throws(() => part.decode(Buffer.from([0, 0, 0, 1, 0, 2])), /version 256 is unknown/);
    assert.throws(() => part.decode(Buffer.from('text')), /not Avro/);
  });
});

describe('a codec', () => {
  const rules = avroCodec<Rule>('rules');

  it('writes a zero byte and the version in front', () => {
    assert.deepEqual([...rules.encode(rule).subarray(0, 5)], [0, 0, 0, 0, 1]);
  });

  it('answers values that stay as they are when others are encoded', () => {
    const first = rules.encode(rule);
    const copy = Buffer.from(first);
    rules.encode({ ...rule, rule_id: 'another' });
    assert.deepEqual(first, copy);
  });

  it('encodes values larger than ever before, and says which are too large', () => {
    const large = { ...rule, words: { items_out: Array.from({ length: 50_000 }, (_, index) => `item-${index}`) } };
    assert.deepEqual(rules.decode(rules.encode(large)), large);
    assert.throws(() => rules.encode({ ...rule, kind: 'x'.repeat(17_000_000) }), /rules: a value of \d+ bytes/);
  });

  it('says where a value does not fit', () => {
    const wrong = { ...rule, numbers: { vip_value: 'much' } } as unknown as Rule;
    assert.throws(() => rules.encode(wrong), /rules: numbers\.vip_value is "much", not "double"/);
    const { kind: _, ...without } = rule;
    assert.throws(() => rules.encode(without as Rule), /rules: kind is undefined/);
  });

  it('says what is wrong with bytes', () => {
    const bytes = rules.encode(rule);
    assert.throws(() => rules.decode(Buffer.from('{"rule_id":1}')), /rules: not Avro with a schema version/);
    assert.throws(() => rules.decode(Buffer.alloc(3)), /rules: not Avro with a schema version/);
    assert.throws(() => rules.decode(bytes.subarray(0, -1)), /rules version 1: truncated/);
    assert.throws(() => rules.decode(Buffer.concat([bytes, bytes])), /rules version 1: trailing/);
    bytes.writeUInt32BE(77, 1);
    assert.throws(() => rules.decode(bytes), /rules: schema version 77 is unknown; this program knows 1/);
  });

  it('reads what former versions wrote', () => {
    const v1 = recordOf({ name: 'id', type: 'string' }, { name: 'price', type: 'int' });
    const v2 = recordOf(
      { name: 'id', type: 'string' },
      { name: 'price', type: 'double' },
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
    );
    const before = versionedCodec<unknown>('things', v1, [{ version: 1, schema: v1 }]);
    const now = versionedCodec<unknown>('things', v2, [
      { version: 1, schema: v1 },
      { version: 2, schema: v2 },
    ]);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      assert.deepEqual(now.decode(before.encode({ id: 'a', price: 3 })), { id: 'a', price: 3, tags: [] });
    }
    assert.deepEqual(now.decode(now.encode({ id: 'a', price: 3.5, tags: ['x'] })), {
      id: 'a',
      price: 3.5,
      tags: ['x'],
    });
    assert.throws(() => before.decode(now.encode({ id: 'a', price: 1, tags: [] })), /version 2 is unknown/);
  });
});

describe('numbers by id', () => {
  const codec = avroCodec<ItemActivity>('item-activity');

  it('keep the order of ids that look like numbers, so that a restart changes no bytes', () => {
    const empty = {
      events: 0,
      views: 0,
      carts: 0,
      purchases: 0,
      revenue: 0,
      sessions: 0,
      baskets: 0,
      baskets_opened: 0,
    };
    const heats = {
      event_heat: 0,
      hour_heat: -Infinity,
      day_heat: 1,
      session_heat: -Infinity,
      newcomer_session_heat: null,
    };
    const maps = {
      channel_heats: new Map(),
      segment_heats: new Map(),
      campaign_heats: new Map(),
      location_heats: new Map(),
      basket_counts: new Map([['b', 2]]),
    };
    const covisits = new Map([
      ['20', 1],
      ['a', 2],
      ['3', 3],
    ]);
    const activity = { item_id: 'x', updated_at: 1, ...empty, ...heats, ...maps, covisits };
    assert.deepEqual([...codec.decode(codec.encode(activity)).covisits.keys()], ['20', 'a', '3']);
    const notMap = { ...activity, covisits: { a: 1 } } as unknown as ItemActivity;
    assert.throws(() => codec.encode(notMap), /item-activity: covisits is \{"a":1\}/);
  });
});

function recordOf(...fields: { name: string; type: Schema; default?: unknown }[]): Schema {
  return { type: 'record', name: 'Thing', fields } as Schema;
}

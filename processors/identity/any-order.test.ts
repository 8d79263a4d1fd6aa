// Proves that it doesn't matter in which order visitors' and customers' tasks run, in which batches, and with which restarts: profiles
// come out with the bytes of what they are by definition, a fold of each one's own interactions, joined. And that nothing is lost or
// counted twice.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as topics from '../../schemas/topics.ts';
import type { Identity, Interaction, Link, Profile } from '../../schemas/types.ts';
import { TestBench, type TestBenchOptions } from '../../streams/testing/test-bench.ts';
import { applyInteraction, isRepeat } from '../profile/apply-interaction.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { at, identity, interaction } from '../testing/given.ts';
import { stages } from '../topology.ts';
import { joinHistories } from './join-histories.ts';
import { ownerAt, withLink, withoutCustomer } from './links.ts';

type Input = { did: Interaction } | { told: Identity };

const customers = ['anna', 'bob', 'eva'];
const visitors = ['visitor-7', 'phone-3', 'tablet-1', 'kiosk'];

const inputs = fc
  .array(
    fc.record({
      kind: fc.constantFrom('visitor', 'visitor', 'visitor', 'customer', 'customer', 'link', 'link', 'unlink'),
      visitor: fc.constantFrom(...visitors),
      customer: fc.constantFrom(...customers),
      type: fc.constantFrom('view', 'view', 'purchase', 'add_to_cart'),
      item: fc.constantFrom('pan', 'lamp', 'book'),
      lateMinutes: fc.constantFrom(0, 0, 0, 0, 7, 50),
      again: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((list) =>
    list.flatMap(({ kind, visitor, customer, type, item, lateMinutes, again }, index): Input[] => {
      if (kind === 'link' || kind === 'unlink')
        return [{ told: identity(visitor, customer, at(index * 3), { withdrawn: kind === 'unlink' }) }];
      const did = interaction(type, item, at(index * 3 - lateMinutes), {
        interaction_id: `i-${index}`,
        customer_id: kind === 'visitor' ? visitor : customer,
        received_at: at(index * 3),
        value: index % 9,
      });
      return again ? [{ did }, { did }] : [{ did }];
    }),
  );

function benchAfter(list: readonly Input[], options: Partial<TestBenchOptions>, isStepwise = false): TestBench {
  const bench = new TestBench({ stages, ...options });
  for (const each of list) {
    if ('did' in each) bench.send(topics.interactions, each.did.customer_id, each.did, each.did.received_at);
    else bench.send(topics.identities, each.told.anonymous_id, each.told, each.told.received_at);
    if (isStepwise) bench.run();
  }
  return bench.run();
}

/** All profiles by definition: what each one did, and which of it belongs to whom, kept as plain lists. */
function byDefinition(list: readonly Input[]): Map<string, Profile> {
  const deeds = new Map<string, Interaction[]>();
  const links = new Map<string, Link[]>();
  const shares = new Map<string, Map<string, Interaction[]>>();
  const share = (customer: string, visitor: string) => shares.get(customer)?.get(visitor);
  const give = (customer: string, visitor: string, done: Interaction[]) =>
    shares.set(customer, (shares.get(customer) ?? new Map<string, Interaction[]>()).set(visitor, done));
  for (const each of list) {
    if ('did' in each) {
      const { customer_id: id } = each.did;
      deeds.set(id, [...(deeds.get(id) ?? []), each.did]);
      const owner = ownerAt(links.get(id) ?? [], each.did.timestamp);
      if (owner !== undefined) share(owner, id)?.push(each.did);
      continue;
    }
    const { anonymous_id: visitor, customer_id: customer, timestamp, withdrawn } = each.told;
    const known = links.get(visitor) ?? [];
    const history = () => [...(deeds.get(visitor) ?? [])];
    if (withdrawn) {
      const rest = withoutCustomer(known, customer);
      shares.get(customer)?.delete(visitor);
      const [first] = rest;
      if (first?.takes_history && rest.length < known.length) give(first.customer_id, visitor, history());
      links.set(visitor, rest);
    } else {
      links.set(visitor, withLink(known, customer, timestamp) ?? known);
      if (share(customer, visitor) === undefined) give(customer, visitor, known.length === 0 ? history() : []);
    }
  }
  const all = new Map<string, Profile>();
  for (const id of [...visitors, ...customers]) {
    const own = { ...foldOf(id, deeds.get(id) ?? []), links: links.get(id) ?? [] };
    const joined = [...(shares.get(id) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const histories = joined.map(([anonymous_id, done]) => ({ anonymous_id, history: foldOf(anonymous_id, done) }));
    if (histories.length > 0) all.set(id, joinHistories({ customer_id: id, own, visitors: histories }));
    else if (deeds.has(id) || own.links.length > 0) all.set(id, own);
  }
  return all;
}

function foldOf(id: string, done: readonly Interaction[]): Profile {
  const profile = emptyProfile(id);
  for (const each of done) if (!isRepeat(profile, each)) applyInteraction(profile, each, each.timestamp, undefined);
  return profile;
}

const viewsOf = (profile: Profile) => profile.counts['view'] ?? 0;
const viewsIn = (list: readonly Input[]) =>
  new Set(list.flatMap((each) => ('did' in each && each.did.event_type === 'view' ? [each.did.interaction_id] : [])))
    .size;

describe('visitors and customers, in any order', () => {
  const runs: [string, (list: readonly Input[], seed: number) => TestBench][] = [
    ['one event after the other', (list) => benchAfter(list, {}, true)],
    ['all at once', (list) => benchAfter(list, { batchRecordsMax: 10_000 })],
    ['in batches of 3', (list) => benchAfter(list, { batchRecordsMax: 3 })],
    ['in any disorder, with lost stores', (list, seed) => benchAfter(list, { disorderSeed: seed })],
  ];
  for (const [how, run] of runs) {
    it(`profiles are those by definition: ${how}`, () => {
      fc.assert(
        fc.property(inputs, fc.integer({ min: 1, max: 1_000_000 }), (list, seed) => {
          const bench = run(list, seed);
          const expected = [...byDefinition(list)].toSorted(([a], [b]) => (a < b ? -1 : 1));
          const { codec } = topics.profiles;
          assert.deepEqual(
            bench.table(topics.profiles),
            new Map(expected.map(([id, profile]) => [id, codec.decode(codec.encode(profile))])),
          );
          assert.deepEqual(
            bench.tableBytes(topics.profiles),
            new Map(expected.map(([id, profile]) => [id, codec.encode(profile)])),
          );
          assert.deepEqual(bench.deadLetters(), []);
        }),
        { numRuns: 30 },
      );
    });
  }

  it('every interaction is in one profile that counts, and the items have heard of it once', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 1_000_000 }), (list, seed) => {
        const firstLinks = new Map(
          list.flatMap((each) => ('told' in each ? [[each.told.anonymous_id, each.told]] : [])),
        );
        const once = list.filter((each) => 'did' in each || firstLinks.get(each.told.anonymous_id) === each.told);
        const bench = benchAfter(once, { disorderSeed: seed });
        const counted = [...bench.table(topics.profiles).values()].filter(({ links }) => links.length === 0);
        assert.equal(
          counted.reduce((sum, profile) => sum + viewsOf(profile), 0),
          viewsIn(once),
        );
        const items = [...bench.table(topics.itemActivity).values()];
        assert.equal(
          items.reduce((sum, { views }) => sum + views, 0),
          viewsIn(once),
        );
      }),
      { numRuns: 25 },
    );
  });
});

// The stream can be entered anywhere, and what happens in it shows the tastes, pairs and habits the shop was made with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interaction } from '../schemas/types.ts';
import { interactionStream, type Arrival, type StreamOptions } from './interactions.ts';
import { createShop } from './shop.ts';

const shop = createShop(7);
const sparse: StreamOptions = { startMs: Date.UTC(2026, 2, 2), eventsPerSecond: 0.004, backfill: true };
const busy: StreamOptions = { startMs: Date.UTC(2026, 2, 2), eventsPerSecond: 20 };
const DAY_MS = 86_400_000;

function take(options: StreamOptions, count: number, from = 0): Arrival[] {
  return interactionStream(shop, options).from(from).take(count).toArray();
}

test('the same seed makes the same shop and the same events, another seed others', () => {
  assert.deepEqual(createShop(7).items, shop.items);
  assert.deepEqual(createShop(7).customers, shop.customers);
  assert.notDeepEqual(createShop(8).items, shop.items);
  const again = interactionStream(createShop(7), busy).from(0).take(5000).toArray();
  assert.equal(JSON.stringify(again), JSON.stringify(take(busy, 5000)));
});

for (const [name, options] of Object.entries({ sparse, busy })) {
  test(`${name}: entered at any event, the stream goes on as if read from the start`, () => {
    const whole = take(options, 6000);
    for (const from of [1, 23, 24, 25, 399, 400, 4321]) {
      assert.deepEqual(take(options, 300, from), whole.slice(from, from + 300));
    }
  });

  test(`${name}: events come in the order of arrival, at the wanted rate`, () => {
    const arrivals = take(options, 20_000);
    for (const [index, { arrivalMs }] of arrivals.entries()) {
      assert.ok(arrivalMs >= (arrivals[index - 1]?.arrivalMs ?? options.startMs));
    }
    const weekLater = interactionStream(shop, options).numberAt(options.startMs + 7 * DAY_MS);
    assert.ok(Math.abs(weekLater - options.eventsPerSecond * 7 * 86_400) <= 1);
  });
}

test('from numberAt(time) on nothing arrives before that time', () => {
  const stream = interactionStream(shop, busy);
  for (const hours of [0.1, 5, 30, 200]) {
    const timeMs = busy.startMs + hours * 3_600_000;
    const [first] = stream.from(stream.numberAt(timeMs)).take(1);
    assert.ok(first !== undefined && first.arrivalMs >= timeMs - 1 && first.arrivalMs < timeMs + 5_000);
  }
});

test('evenings are busier than nights', () => {
  const stream = interactionStream(shop, busy);
  const between = (from: number, to: number) =>
    stream.numberAt(busy.startMs + to * 3_600_000) - stream.numberAt(busy.startMs + from * 3_600_000);
  assert.ok(between(19, 21) > 5 * between(2, 4));
});

test('duplicates repeat an interaction exactly; late events and fast clocks are rare', () => {
  const events = take(busy, 50_000).map(({ interaction }) => interaction);
  const byId = Map.groupBy(events, ({ interaction_id: id }) => id);
  const repeated = [...byId.values()].filter((each) => each.length > 1);
  assert.ok(repeated.length > 200 && repeated.length < 800);
  for (const [first, second] of repeated) assert.deepEqual(first, second);

  const late = events.filter((event) => event.received_at - event.timestamp > 300_000).length / events.length;
  const fast = events.filter((event) => event.timestamp - event.received_at > 300_000).length / events.length;
  assert.ok(late > 0.01 && late < 0.06, `${late} late`);
  assert.ok(fast > 0.0005 && fast < 0.01, `${fast} fast`);
});

test('a visit belongs to one customer, and no customer is in two visits at once', () => {
  const open = new Map<string, string>();
  const closed = new Set<string>();
  for (const { interaction } of take(busy, 30_000)) {
    const session = interaction.session_id ?? '';
    assert.ok(!closed.has(session));
    const former = open.get(interaction.customer_id);
    if (former !== undefined && former !== session) closed.add(former);
    open.set(interaction.customer_id, session);
  }
});

test('customers look at categories as their tastes say', () => {
  const seen = new Map<string, Map<string, number>>();
  for (const { interaction } of take({ ...busy, eventsPerSecond: 500 }, 200_000)) {
    if (interaction.event_type !== 'view') continue;
    const category = categoryOf(interaction);
    const own = seen.get(interaction.customer_id) ?? new Map<string, number>();
    seen.set(interaction.customer_id, own.set(category, (own.get(category) ?? 0) + 1));
  }
  const hits = [...seen].filter(([id, counts]) => {
    const expected = largest(shop.truth.tastes.get(id)?.categories ?? new Map(), 3);
    return total(counts) >= 25 && expected.includes(largest(counts, 1)[0] ?? '');
  });
  const judged = [...seen.values()].filter((counts) => total(counts) >= 25).length;
  assert.ok(judged > 500 && hits.length / judged > 0.9, `${hits.length} of ${judged}`);
});

test('complements are bought together far more often than by chance', () => {
  const baskets = new Map<string, Set<string>>();
  for (const { interaction } of take({ ...busy, eventsPerSecond: 500 }, 250_000)) {
    if (interaction.event_type !== 'purchase' || interaction.item_id === null) continue;
    const basket = baskets.get(interaction.session_id ?? '') ?? new Set();
    baskets.set(interaction.session_id ?? '', basket.add(interaction.item_id));
  }
  const bought = new Map<string, number>();
  for (const basket of baskets.values()) for (const id of basket) bought.set(id, (bought.get(id) ?? 0) + 1);

  let together = 0;
  let byChance = 0;
  for (const [first, second] of shop.truth.complements) {
    for (const basket of baskets.values()) if (basket.has(first) && basket.has(second)) together += 1;
    byChance += ((bought.get(first) ?? 0) * (bought.get(second) ?? 0)) / baskets.size;
  }
  assert.ok(together > 20 * byChance, `${together} together, ${byChance} by chance`);
});

test('habits show as repeat purchases at their period', () => {
  const weeks = 10;
  const events = take({ ...sparse, eventsPerSecond: 0.03 }, Math.round(0.03 * weeks * 7 * 86_400));
  const times = Map.groupBy(
    events.filter(({ interaction }) => interaction.event_type === 'purchase'),
    ({ interaction }) => `${interaction.customer_id} ${interaction.item_id}`,
  );
  let near = 0;
  let judged = 0;
  for (const { customer_id: customer, item_id: item, periodMs } of shop.truth.habits) {
    const own = (times.get(`${customer} ${item}`) ?? []).map(({ arrivalMs }) => arrivalMs);
    const gaps = own.slice(1).map((time, index) => time - (own[index] ?? 0));
    const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)];
    if (median === undefined) continue;
    judged += 1;
    if (Math.abs(median / periodMs - 1) < 0.2) near += 1;
  }
  assert.ok(judged > 200 && near / judged > 0.85, `${near} of ${judged}`);
});

test('neighbours in taste are mostly people of the same kind', () => {
  const { truth } = shop;
  const sample = shop.customers.slice(0, 50).map(({ customer_id: id }) => id);
  const alike = sample.flatMap((id) =>
    truth.neighboursOf(id, 10).map((other) => truth.tastes.get(other)?.archetype === truth.tastes.get(id)?.archetype),
  );
  assert.ok(alike.filter(Boolean).length / alike.length > 0.9);
});

test('departments have their seasons', () => {
  const shareOf = (department: string, month: number) => {
    const startMs = Date.UTC(2026, month, 3, 12);
    const views = take({ ...busy, startMs }, 20_000).filter(({ interaction }) => interaction.event_type === 'view');
    const own = views.filter(({ interaction }) => categoryOf(interaction).startsWith(`${department}/`));
    return own.length / views.length;
  };
  const [march, december] = [2, 11];
  assert.ok(shareOf('Garden', march) > 2 * shareOf('Garden', december));
  assert.ok(shareOf('Toys', december) > 1.5 * shareOf('Toys', march));
});

test('campaigns run in their time only', () => {
  const weekend = (events: Arrival[]) =>
    events.filter(({ interaction }) => interaction.campaign_id === 'weekend-table').length;
  assert.equal(weekend(take({ ...busy, startMs: Date.UTC(2026, 2, 3) }, 20_000)), 0);
  assert.ok(weekend(take({ ...busy, startMs: Date.UTC(2026, 2, 7) }, 20_000)) > 20);
});

function categoryOf(interaction: Interaction): string {
  return items.get(interaction.item_id ?? '')?.categories.join('/') ?? '';
}
const items = new Map(shop.items.map((item) => [item.item_id, item]));

function largest(shares: ReadonlyMap<string, number>, count: number): string[] {
  return [...shares]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name]) => name);
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

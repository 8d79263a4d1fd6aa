// The demonstration shop's customers are drawn to books in the evening, to groceries in the morning, and so on; nobody tells Freshet. The
// lists must have found it out, and be nearer to what is truly sought at the moment than lists that don't look at the clock.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interactionStream } from '../demo/interactions.ts';
import { createShop } from '../demo/shop.ts';
import { BatchModel } from '../models/batch-model.ts';
import type { ContextLifts } from '../models/context-lifts.ts';
import { modelsLookupOf } from '../processors/lookups/models.ts';
import { interaction } from '../processors/testing/given.ts';
import { modelRecordOf, tasteModel } from '../processors/testing/trained.ts';
import { stages } from '../processors/topology.ts';
import * as topics from '../schemas/topics.ts';
import type { Interaction } from '../schemas/types.ts';
import { TestBench } from '../streams/testing/test-bench.ts';
import { learnContexts } from './contexts.ts';
import { historyOf } from './testing/given-history.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 1, 2);
const EVENTS = 30_000;
const EVENTS_PER_SECOND = 0.02;
/** Of them those that lists are made from: the others are for learning alone. */
const SERVED_EVENTS = 3_000;
const CUSTOMERS = 40;
const LIST_ITEMS = 20;

const shop = createShop(5, { customers: 400 });
const departments = new Map(shop.items.map(({ item_id: id, categories }) => [id, categories[0] ?? '']));
const events = firstEvents();
const endMs = events.at(-1)?.timestamp ?? 0;
const lifts = learnContexts(historyOf(events), (itemId) => departments.get(itemId));

describe('what is sought when and where', () => {
  it('is learnt from what customers did', () => {
    const sought: number[] = [];
    const usual: number[] = [];
    for (let hour = 0; hour < 24; hour += 3) {
      for (const department of new Set(departments.values())) {
        const isSought = shop.truth.liftAt(department, START_MS + (hour + 1) * HOUR_MS, 'email') > 1;
        (isSought ? sought : usual).push(lifts[`hour:${hour}`]?.[department] ?? 1);
      }
    }
    assert.ok(mean(sought) > 1.15 * mean(usual), `${mean(sought)} where it is sought, ${mean(usual)} elsewhere`);
    const weekend = ['weekday:0', 'weekday:6'].flatMap((day) => ['Garden', 'Outdoor'].map((name) => lifts[day]?.[name] ?? 1)); // prettier-ignore
    assert.ok(mean(weekend) > 1.1, `${weekend.join()} at weekends`);
  });

  it('brings lists nearer to what is sought at the moment', (t) => {
    const [morningMs, eveningMs] = [nextDayAt(8), nextDayAt(20)];
    const told: string[] = [];
    for (const [name, timeMs] of [
      ['morning', morningMs],
      ['evening', eveningMs],
    ] as const) {
      const blind = servedLift({}, timeMs);
      const aware = servedLift(lifts, timeMs);
      told.push(
        `${name}: ${aware.toFixed(3)} of what is truly sought, ${blind.toFixed(3)} without looking at the clock`,
      );
      assert.ok(aware > 1.02 * blind, told.at(-1));
    }
    t.diagnostic(told.join('; '));
  });
});

function firstEvents(): Interaction[] {
  const stream = interactionStream(shop, { startMs: START_MS, eventsPerSecond: EVENTS_PER_SECOND, backfill: true });
  const all: Interaction[] = [];
  for (const { interaction: one } of stream.from(0)) if (all.push(one) === EVENTS) break;
  return all;
}

function nextDayAt(hour: number): number {
  return (Math.floor(endMs / (24 * HOUR_MS)) + 2) * 24 * HOUR_MS + hour * HOUR_MS;
}

/** How much more than usual, by the shop's truth, what the lists of some customers begin with is sought at the time. */
function servedLift(contexts: ContextLifts, timeMs: number): number {
  const model = BatchModel.unpack(tasteModel({ version: 'v', contexts }).pack());
  const bench = new TestBench({
    stages,
    lookups: [modelsLookupOf((_, fetched) => fetched(model))],
    batchRecordsMax: 50,
  });
  for (const one of shop.items) bench.send(topics.items, one.item_id, one, START_MS);
  bench.send(topics.models, 'recommend/v', modelRecordOf('v', START_MS), START_MS).run();
  const served = events.slice(-SERVED_EVENTS);
  for (const one of served) bench.send(topics.interactions, one.customer_id, one, one.received_at);
  bench.run();
  const sought: number[] = [];
  for (const { customer_id: id, item_id: itemId, channel } of served.filter(({ item_id }) => item_id !== null)) {
    if (sought.length === CUSTOMERS * LIST_ITEMS) break;
    bench
      .send(topics.interactions, id, interaction('view', itemId, timeMs, { customer_id: id, channel }), timeMs)
      .run();
    for (const { item_id } of bench.get(topics.recommendations, id)?.items.slice(0, LIST_ITEMS) ?? [])
      sought.push(shop.truth.liftAt(departments.get(item_id) ?? '', timeMs, channel ?? ''));
  }
  return mean(sought);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

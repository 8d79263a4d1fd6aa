// What somebody does who puts Freshet into a shop, over HTTP with the real program: catalogue, customers, events, recommendations,
// what goes together, consent; and after a restart all of it is still there.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFreshet, type FreshetProcess } from './freshet-process.ts';

interface Listed {
  readonly item_id: string;
  readonly algorithm: string;
  readonly reasons: readonly { readonly interaction_ids: readonly string[] }[];
}
interface Recommended {
  readonly segment: string | null;
  readonly fallback: { readonly used: boolean; readonly why: string | null };
  readonly position_reached?: boolean;
  readonly items: readonly Listed[];
}

const TEA = ['tea-green', 'tea-black', 'tea-pot', 'tea-cups'];
const BIKE = ['bike-bell', 'bike-lock', 'bike-lamp', 'bike-pump'];
const HOUR_MS = 3_600_000;
const WITHIN_MS = 20_000;

describe('a shop', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-shop-'));
  let freshet: FreshetProcess;

  before(async () => {
    freshet = await startFreshet(dataDir);
    await freshet.ready();
  });
  after(async () => {
    await freshet.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('brings its catalogue', async () => {
    const items = [...TEA.map((id) => item(id, 'Tea')), ...BIKE.map((id) => item(id, 'Bikes'))];
    const reply = await freshet.ask('POST', '/api/v1/items', { items });
    assert.equal(reply.status, 202, reply.text);
    await eventually(async () => assert.equal((await freshet.ask('GET', '/api/v1/items/bike-pump')).status, 200));
    const put = await freshet.ask('PUT', '/api/v1/items/tea-cups', { ...item('tea-cups', 'Tea'), title: 'Six cups' });
    assert.equal(put.status, 202, put.text);
    await eventually(async () => {
      const cups = (await freshet.ask('GET', '/api/v1/items/tea-cups')).json<{ title: string }>();
      assert.equal(cups.title, 'Six cups');
    });
  });

  it('learns what goes together', async () => {
    for (let number = 0; number < 12; number += 1) {
      const items = number % 2 === 0 ? TEA : BIKE;
      await post(items.map((item_id) => event(`visitor-${number}`, 'view', item_id)));
      const bought = items.slice(0, 2).map((item_id) => event(`visitor-${number}`, 'purchase', item_id, number));
      await post(bought);
    }
    await eventually(async () => {
      const similar = await idsAt('/api/v1/items/tea-green/similar');
      assert.deepEqual(similar.toSorted(), TEA.slice(1).toSorted());
      assert.deepEqual(await idsAt('/api/v1/items/tea-green/bought-together'), ['tea-black']);
    });
  });

  it('sees in the very next answer what a customer has just done', async () => {
    const before = await recommended('anna');
    assert.deepEqual(before.fallback, { used: true, why: 'unknown_customer' });
    const bell = event('anna', 'view', 'bike-bell');
    const list = await recommended('anna', await post([bell]));
    assert.equal(list.position_reached, true);
    assert.equal(list.fallback.used, false);
    const first = list.items[0];
    assert.ok(BIKE.includes(first?.item_id ?? ''), JSON.stringify(list.items));
    assert.deepEqual(first?.reasons[0]?.interaction_ids, [bell.interaction_id]);
    const afterTea = await recommended('anna', await post([event('anna', 'view', 'tea-green')]));
    assert.ok(TEA.includes(afterTea.items[0]?.item_id ?? ''), JSON.stringify(afterTea.items));
  });

  it('tells what it knows of a customer', async () => {
    const put = await freshet.ask('PUT', '/api/v1/customers/anna', { age: 41, location: 'Bern', segment: 'Friends' });
    assert.equal(put.status, 202, put.text);
    await eventually(async () => {
      const anna = (await freshet.ask('GET', '/api/v1/customers/anna')).json<Record<string, unknown>>();
      assert.deepEqual([anna['age'], anna['location'], anna['segment']], [41, 'Bern', 'Friends']);
      assert.deepEqual(anna['events'], { view: 2 });
      assert.equal((await recommended('anna')).segment, 'Friends');
    });
  });

  it('withdraws an item from the lists at once', async () => {
    const pot = { ...item('tea-pot', 'Tea'), in_stock: false };
    assert.equal((await freshet.ask('PUT', '/api/v1/items/tea-pot', pot)).status, 202);
    await eventually(async () => {
      assert.ok(!(await recommended('anna')).items.some(({ item_id }) => item_id === 'tea-pot'));
    });
  });

  it('keeps nothing of a customer who does not consent', async () => {
    await post([event('bert', 'view', 'tea-green')]);
    assert.equal((await freshet.ask('PUT', '/api/v1/customers/bert', { consent: false })).status, 202);
    await eventually(async () => assert.equal((await recommended('bert')).fallback.why, 'no_consent'));
    const reply = await freshet.ask('POST', '/api/v1/interactions', event('bert', 'view', 'bike-bell'));
    assert.equal(reply.json<{ status: string }>().status, 'not_kept');
    const bert = (await freshet.ask('GET', '/api/v1/customers/bert')).json<{ consent: boolean; recent: unknown[] }>();
    assert.deepEqual([bert.consent, bert.recent], [false, []]);
  });

  it('finds everything again after a restart', async () => {
    const paths = [
      '/api/v1/customers/anna',
      '/api/v1/customers/bert',
      '/api/v1/recommendations/anna',
      '/api/v1/items/tea-cups',
      '/api/v1/items/tea-green/similar',
      '/api/v1/items/tea-green/bought-together',
    ];
    const answers = async () => Promise.all(paths.map(async (path) => (await freshet.ask('GET', path)).text));
    let former = await answers();
    // What is learnt of items follows what customers did by a moment: the stage of the items gathers for a second. Nobody is told when
    // it is through, and what it does after the restart would look like a difference.
    await eventually(async () => {
      const before = former;
      await sleep(2_000);
      former = await answers();
      assert.deepEqual(former, before);
    });
    assert.deepEqual(await freshet.stop(), { code: 0, signal: null }, freshet.output());
    freshet = await startFreshet(dataDir);
    assert.deepEqual(await answers(), former);
    await freshet.ready();
    const again = await recommended('anna', await post([event('anna', 'view', 'bike-lock')]));
    assert.equal(again.position_reached, true);
    const anna = (await freshet.ask('GET', '/api/v1/customers/anna')).json<{ events: unknown }>();
    assert.deepEqual(anna.events, { view: 3 });
  });

  let events = 0;

  function event(customer_id: string, event_type: string, item_id: string, order?: number) {
    events += 1;
    return {
      interaction_id: `event-${events}`,
      customer_id,
      event_type,
      item_id,
      ...(order !== undefined && { value: 10, context: { order_id: `order-${order}` } }),
    };
  }

  /** Answers the position. */
  async function post(list: readonly ReturnType<typeof event>[]): Promise<string> {
    const reply = await freshet.ask('POST', '/api/v1/interactions', { events: list });
    assert.equal(reply.status, 202, reply.text);
    return reply.json<{ position: string }>().position;
  }

  async function recommended(customer: string, position?: string): Promise<Recommended> {
    const wait = position === undefined ? '' : `&min_position=${position}`;
    const reply = await freshet.ask('GET', `/api/v1/recommendations/${customer}?limit=5${wait}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.json<Recommended>();
  }

  async function idsAt(path: string): Promise<string[]> {
    return (await freshet.ask('GET', path)).json<{ items: Listed[] }>().items.map(({ item_id }) => item_id);
  }
});

function item(item_id: string, category: string) {
  const published_at = new Date(Date.now() - HOUR_MS).toISOString();
  return { item_id, title: item_id, categories: [category], price: 10, in_stock: true, published_at };
}

/** For what only the position of interactions can be waited for exactly. */
async function eventually(holds: () => Promise<void>): Promise<void> {
  for (const untilMs = performance.now() + WITHIN_MS; ; await sleep(20)) {
    try {
      return await holds();
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || performance.now() > untilMs) throw error;
    }
  }
}

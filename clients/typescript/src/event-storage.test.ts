import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventsIn, type TextStorage } from './event-storage.ts';
import { openBench } from './testing/bench.ts';

const view = (item_id: string) => ({ customer_id: 'anna', event_type: 'view', item_id });

/** As a browser's: it outlives the page. */
class Device implements TextStorage {
  readonly texts = new Map<string, string>([['the-shop’s own', 'left alone']]);
  isFull = false;

  get length(): number {
    return this.texts.size;
  }

  key(index: number): string | null {
    return [...this.texts.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.texts.get(key) ?? null;
  }

  setItem(key: string, text: string): void {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.texts.set(key, text);
  }

  removeItem(key: string): void {
    this.texts.delete(key);
  }
}

suite('events that are kept on the device', () => {
  test('are sent by the next program, in their order and with their ids and times, and are then forgotten', async () => {
    const device = new Device();
    const crashed = openBench({ tracking: { storage: eventsIn(device) } });
    crashed.server.steps.push(...Array.from({ length: 9 }, () => 'down' as const));
    const ids = ['tea', 'pot', 'cup'].map((item) => crashed.client.track(view(item)));
    await crashed.clock.pass(3_000);
    // The program is gone: nobody ever asks its client again.
    const next = openBench({ tracking: { storage: eventsIn(device) } });
    ids.push(next.client.track(view('late')));
    await next.clock.pass(2_000);
    const sent = next.server.seen.flatMap(({ body }) => body.events);
    assert.deepEqual(
      sent.map(({ interaction_id }) => interaction_id),
      ids,
    );
    assert.equal(sent[0]?.timestamp, crashed.server.seen[0]?.body.events[0]?.timestamp);
    assert.deepEqual([...device.texts.keys()], ['the-shop’s own']);
  });

  test('stay there when the client is closed before they have arrived, and are not reported as lost', async () => {
    const device = new Device();
    const { client, server, clock, undelivered } = openBench({ tracking: { storage: eventsIn(device) } });
    server.steps.push(...Array.from({ length: 20 }, () => 'down' as const));
    client.track(view('tea'));
    const closed = client.close();
    await clock.pass(60_000);
    await closed;
    assert.deepEqual([undelivered, device.length], [[], 2]);
  });

  test('are forgotten when the server can’t use them', async () => {
    const device = new Device();
    const { client, clock, undelivered } = openBench({ tracking: { storage: eventsIn(device) } });
    client.track({ customer_id: 'anna', event_type: 'bad' });
    await clock.pass(2_000);
    assert.deepEqual([undelivered.map(({ reason }) => reason), device.length], [['rejected'], 1]);
  });

  test('a device that keeps nothing, and what others have written there, hold up nobody', async () => {
    const device = new Device();
    for (const text of ['', '1', '2 {', '3 null', '4 {}', '5 "x"', '{"interaction_id":"x"}'])
      device.setItem(`freshet.event.${text}`, text);
    device.isFull = true;
    const { client, server, clock } = openBench({ tracking: { storage: eventsIn(device) } });
    const id = client.track(view('tea'));
    await clock.pass(2_000);
    assert.deepEqual([...server.taken], [[id, 1]]);
  });
});

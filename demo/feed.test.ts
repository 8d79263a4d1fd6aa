// The feed survives restarts and lost answers without leaving out or doubling an event.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interactions } from '../schemas/topics.ts';
import { DependencyUnavailable, type Clock } from '../streams/index.ts';
import { MemoryLog } from '../imports/testing/memory-log.ts';
import { startDemoFeed, type DemoFeed } from './feed.ts';
import { createShop } from './shop.ts';

const shop = createShop(3, { items: 120, customers: 200 });

/** Time that passes only in `sleep`, and stops the feed at its end. */
class LeapingClock implements Clock {
  private timeMs: number;
  private endMs: number;
  private atEnd: () => void = () => {};

  constructor(startMs: number) {
    this.timeMs = startMs;
    this.endMs = startMs;
  }

  nowMs(): number {
    return this.timeMs;
  }

  async sleep(ms: number): Promise<void> {
    this.timeMs += ms;
    if (this.timeMs >= this.endMs) this.atEnd();
    await Promise.resolve();
  }

  async run(feed: (clock: Clock) => DemoFeed, forMs: number): Promise<void> {
    this.endMs = this.timeMs + forMs;
    const running = feed(this);
    this.atEnd = () => void running.stop();
    await running.ended;
  }
}

function feedInto(log: MemoryLog, eventsPerSecond = 5) {
  return (clock: Clock) => startDemoFeed({ log, prefix: 'test', shop, clock, eventsPerSecond, historyEvents: 2500 });
}

function placed(log: MemoryLog): string[] {
  return log.all('test.interactions.v1').map(({ value }) => {
    const { interaction_id: id, backfill } = interactions.codec.decode(value as Buffer);
    return `${id} ${backfill}`;
  });
}

test('items, customers and history come first, then life at the wanted rate', async () => {
  const log = new MemoryLog();
  const clock = new LeapingClock(Date.UTC(2026, 4, 4, 12));
  await clock.run(feedInto(log), 600_000);
  assert.equal(log.all('test.items.v1').length, 120);
  assert.equal(log.all('test.customers.v1').length, 200);
  const backfilled = placed(log).filter((each) => each.endsWith('true')).length;
  assert.equal(backfilled, 2500);
  const live = placed(log).length - backfilled;
  assert.ok(live > 2000 && live < 6000, `${live} live`);
});

test('restarts, with a pause and lost answers, give what one run would have given, less the pause', async () => {
  const calm = new MemoryLog();
  await new LeapingClock(Date.UTC(2026, 4, 4, 12)).run(feedInto(calm), 900_000);
  const restless = new MemoryLog();
  const clock = new LeapingClock(Date.UTC(2026, 4, 4, 12));
  for (let run = 0; run < 5; run += 1) {
    restless.faults.push('lost after', 'unavailable', 'lost before');
    await clock.run(feedInto(restless), 60_000);
  }
  const both = [calm, restless].map((log) => new Set(placed(log)));
  const [wanted = new Set(), got = new Set()] = both;
  assert.ok(got.isSubsetOf(wanted));
  assert.ok(got.size > 2500 + 900);
  assert.equal(restless.all('test.items.v1').length, 120);
  // Doubles that the shop makes on purpose are few; a doubled chunk would show.
  assert.ok(placed(restless).length < got.size * 1.03);
});

test('at another rate the events have other ids', async () => {
  const log = new MemoryLog();
  const clock = new LeapingClock(Date.UTC(2026, 4, 4, 12));
  await clock.run(feedInto(log, 5), 60_000);
  const before = new Set(placed(log));
  await clock.run(feedInto(log, 50), 60_000);
  const after = placed(log).slice();
  const added = after.filter((each) => !before.has(each));
  assert.ok(added.length > 1500);
});

test('a log that is not there yet is waited for', async () => {
  const log = new MemoryLog();
  const open = log.openTransactor.bind(log);
  let refusals = 3;
  log.openTransactor = (id) =>
    refusals-- > 0 ? Promise.reject(new DependencyUnavailable('kafka', 'no broker has answered yet')) : open(id);
  await new LeapingClock(Date.UTC(2026, 4, 4, 12)).run(feedInto(log), 600_000);
  assert.equal(log.all('test.items.v1').length, 120);
});

test('a log that breaks for good ends the feed with its error', async () => {
  const log = new MemoryLog();
  log.openTransactor = () => Promise.reject(new Error('no such disk'));
  const feed = feedInto(log)({ nowMs: () => 0, sleep: () => Promise.resolve() });
  await assert.rejects(feed.ended, /no such disk/);
  await assert.rejects(feed.ready, /no such disk/);
});

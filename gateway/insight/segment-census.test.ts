import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pino } from 'pino';
import { readSettings } from '../../config/settings.ts';
import { segments as topic } from '../../schemas/topics.ts';
import { aSegment } from '../testing/examples.ts';
import { FakeLog } from '../testing/fake-log.ts';
import { partitionOf } from '../testing/gateway-bench.ts';
import { SegmentCensus, type CensusLimits } from './segment-census.ts';

suite('the census of segments', () => {
  test('follows customers from segment to segment, and out', async () => {
    const { census, put } = opened();
    await put('ada', 'New');
    await put('grace', 'New');
    await put('ada', 'VIP');
    assert.deepEqual(await census.count(), {
      segments: [
        { segment: 'New', customers: 1 },
        { segment: 'VIP', customers: 1 },
      ],
      customers: 2,
      complete: true,
      estimated: false,
    });
    await put('grace', null);
    await put('linus', 'VIP');
    await until(async () => (await census.count()).customers === 2 && sizesOf(await census.count())['VIP'] === 2);
    assert.deepEqual(sizesOf(await census.count()), { VIP: 2 });
    census.close();
  });

  test('of more customers than it keeps, it counts a share and says so', async () => {
    const { census, put } = opened({ countedMax: 500 });
    for (let number = 0; number < 6000; number += 1) await put(`customer-${number}`, number % 3 === 0 ? 'VIP' : 'New');
    const { estimated, customers, complete } = await census.count();
    assert.deepEqual({ estimated, complete }, { estimated: true, complete: true });
    // 375 or more are counted: ten standard deviations are a half.
    assert.ok(customers > 3000 && customers < 9000, `${customers} customers`);
    const { VIP = 0 } = sizesOf(await census.count());
    assert.ok(VIP > 1000 && VIP < 3000, `${VIP} VIPs`);
    census.close();
  });

  test('answers what it has while the first count goes on', async () => {
    const { census, log } = opened({ firstWaitMs: 40 });
    log.openReader = () => ({ read: () => new Promise(() => {}), close: async () => {} });
    await log.append([record('ada', 'New')]);
    assert.equal((await census.count()).complete, false);
    census.close();
  });
});

function opened(limits: Partial<CensusLimits> = {}) {
  const log = new FakeLog();
  const { settings } = readSettings({});
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const census = new SegmentCensus(
    {
      log,
      settings,
      physicalName: (name) => `freshet.${name}.v1`,
      clock: { nowMs: () => 0, sleep },
      logger: pino({ level: 'silent' }),
    },
    limits,
  );
  return {
    census,
    log,
    put: (customerId: string, segment: string | null) => log.append([record(customerId, segment)]),
  };
}

function record(customerId: string, segment: string | null) {
  const key = Buffer.from(customerId);
  const value = segment === null ? null : topic.codec.encode(aSegment({ customer_id: customerId, segment }));
  return { topic: 'freshet.segments.v1', partition: partitionOf(key), key, value: value as Buffer, timestampMs: 0 };
}

function sizesOf({ segments }: Awaited<ReturnType<SegmentCensus['count']>>): Record<string, number> {
  return Object.fromEntries(segments.map(({ segment, customers }) => [segment, customers]));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

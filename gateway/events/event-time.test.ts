import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { correctedTime, timeProblem } from './event-time.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 22);
const limits = { eventLateMsMax: 30 * day, eventFutureMsMax: day };

test('however wrong a clock is, what it says is corrected to when it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: -40 * 365 * day, max: 40 * 365 * day }), fc.nat({ max: day }), (wrongBy, agoMs) => {
      const [declared, sentAt] = [now - agoMs + wrongBy, now + wrongBy];
      assert.equal(correctedTime(declared, sentAt, now), now - agoMs);
    }),
  );
  assert.equal(correctedTime(17, null, now), 17, 'without sent_at it is believed');
});

test('what is too late or too far ahead is refused with what to do', () => {
  const problem = (timeMs: number, backfill = false) => timeProblem(timeMs, now, backfill, limits);
  assert.deepEqual([problem(now), problem(now - 30 * day), problem(now + day)], [undefined, undefined, undefined]);
  assert.match(problem(now - 30 * day - 1) ?? '', /^is more than 30 days ago: send it with backfill/);
  assert.equal(problem(now - 900 * day, true), undefined);
  assert.match(problem(now + day + 1, true) ?? '', /^is more than 1 day ahead: send sent_at as well/);
  assert.match(problem(-1, true) ?? '', /before 1970/);
});

test('the bound is said as it is set', () => {
  const shorter = { eventLateMsMax: 90 * 60_000, eventFutureMsMax: 5 * 60_000 };
  assert.match(timeProblem(0, now, false, shorter) ?? '', /more than 1.5 hours ago/);
  assert.match(timeProblem(now + day, now, false, shorter) ?? '', /more than 5 minutes ahead/);
});

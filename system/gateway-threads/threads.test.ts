import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../config/settings.ts';
import { shareOf } from './threads.ts';

const { settings } = readSettings({ DATA_DIR: '/nowhere', REQUESTS_IN_FLIGHT_MAX: '2000', CONNECTIONS_MAX: '100' });

test('threads together hold no more connections and requests than one may', () => {
  for (const threads of [1, 2, 3, 7, 64]) {
    const { requestsInFlightMax, connectionsMax } = shareOf(settings, threads);
    assert.ok(requestsInFlightMax * threads <= 2000 && requestsInFlightMax * threads > 2000 - threads);
    assert.ok(connectionsMax * threads <= 100 && connectionsMax >= 1);
  }
});

test('of the bytes of bodies each has at least what one request may bring', () => {
  assert.equal(shareOf(settings, 2).ingestInFlightBytesMax, settings.ingestInFlightBytesMax / 2);
  assert.equal(shareOf(settings, 64).ingestInFlightBytesMax, settings.requestBytesMax);
});

// What an evaluation says of the running system is what customers get: the same events, posted to a system and asked for over HTTP,
// give the figure of the replay, within its interval. Both beat what is popular, so that the agreement is one of something.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { evaluateOnline } from '../../evaluation/prequential/evaluate-online.ts';
import { evaluatePrequential } from '../../evaluation/prequential/evaluate-prequential.ts';
import { twoTastes } from '../../evaluation/testing/two-tastes.ts';
import { startFreshet } from './freshet-process.ts';

const EVENTS = 400;
const PACE_MS = 40;
const KEY = 'recall@5';

test('lists asked for over HTTP are as good as those of the replay', async (t) => {
  const events = twoTastes(EVENTS);
  const options = { ks: [5], sample: 1, algorithms: ['freshet', 'popularity'], progress: { show: () => {}, note: () => {} } }; // prettier-ignore
  const [replayed, popular] = evaluatePrequential([], events, options).results.map(({ tally }) => tally);
  const dataDir = mkdtempSync(join(tmpdir(), 'freshet-online-'));
  const freshet = await startFreshet(dataDir);
  try {
    await freshet.ready();
    const online = await evaluateOnline(events, { ...options, paceMs: PACE_MS }, freshet);
    const { low, high } = replayed?.interval(KEY) ?? { low: 1, high: 0 };
    const told = `online ${online.mean(KEY)}, replayed ${replayed?.mean(KEY)} (${low} to ${high}), popular ${popular?.mean(KEY)}`; // prettier-ignore
    assert.equal(online.events, replayed?.events);
    assert.ok(online.mean(KEY) >= low && online.mean(KEY) <= high, told);
    assert.ok(low > (popular?.mean(KEY) ?? 1), told);
    t.diagnostic(told);
  } finally {
    await freshet.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

// The simulator finds mistakes: each of those planted around the runtime makes some seed fail before long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hunt } from './simulator/hunt.ts';
import { runSeed } from './simulator/run.ts';
import { SABOTAGES } from './simulator/sabotage.ts';

const SEEDS_MAX = 1_500;

for (const [name, { breaks, make }] of Object.entries(SABOTAGES)) {
  test(`${name} is found (${breaks})`, async (context) => {
    const { count, failed } = await hunt(1, (run) => run >= SEEDS_MAX, make);
    assert.ok(failed !== null, `${SEEDS_MAX} seeds and nothing was found`);
    context.diagnostic(`after ${count} seeds: ${failed.failure}`);
    const honest = await runSeed({ seed: failed.seed });
    assert.equal(honest.failure, null, 'without the mistake the same seed is well');
  });
}

// Thousands of seeded runs of the runtime on the embedded log, with faults at every step of a task's life: after each of them the
// tables, outputs, local stores and the external store are what a sequential fold over the committed input says.
// A failing seed is repeated with `npm run sim -- --seed N --verbose`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultText } from './simulator/faults.ts';
import { hunt } from './simulator/hunt.ts';
import { runSeed } from './simulator/run.ts';
import { shrink } from './simulator/shrink.ts';

const SEEDS = 3_000;
/** On a slow machine fewer seeds run: always the same ones, from the first on. */
const SECONDS_MAX = 75;

test('every seed ends as the sequential fold says', async (context) => {
  const untilMs = performance.now() + SECONDS_MAX * 1_000;
  let run = 0;
  const { failed } = await hunt(1, (count) => {
    run = count;
    return count >= SEEDS || (count > 0 && performance.now() > untilMs);
  });
  context.diagnostic(`${run} of ${SEEDS} seeds ran`);
  if (failed === null) return;
  const { failure, faults } = await shrink(failed);
  assert.fail(
    `seed ${failed.seed}: ${failed.failure}\nwith no more than ${faults.map(faultText).join(' ')}: ${failure}`,
  );
});

test('a seed gives the same run every time, down to the last step', async () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const [one, other] = [await runSeed({ seed }), await runSeed({ seed })];
    assert.equal(one.traceHash, other.traceHash, `seed ${seed}`);
  }
});

// Replaying the same log gives the same bytes, whatever the batches, the number of processes, the interleaving and the crashes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from './simulator/run.ts';

const INPUTS = 20;
const REPLAYS = 8;

test('the same input gives the same tables and dead letters in every replay', async () => {
  for (let input = 1; input <= INPUTS; input += 1) {
    const calm = await runSeed({ seed: 1, replayOf: input, faults: [] });
    assert.equal(calm.failure, null);
    for (let seed = 2; seed < 2 + REPLAYS; seed += 1) {
      const { failure, replayed } = await runSeed({ seed, replayOf: input });
      assert.equal(failure, null, `input ${input}, seed ${seed}`);
      assert.equal(replayed, calm.replayed, `input ${input}, seed ${seed}`);
    }
  }
});

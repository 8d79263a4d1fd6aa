// Chaos finds the bug that it is there to find: with a transactional id for each process in place of each task, a process that stood still,
// was replaced and wakes writes what another one has written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playChaos } from './chaos-on.ts';
import { drawZombie } from './faults.ts';
import { plantedBug } from './planted-bug.ts';

/** Each catches most tasks of a process in the middle of a transaction. */
const zombies = 6;
const seed = 7;

test('transactional ids of processes are found out', async (t) => {
  const options = { kafkaClient: 'kafkajs', seed, faultsMax: zombies, draw: drawZombie, environment: plantedBug };
  const played = await playChaos(t, options);
  if (played === undefined) return;
  const { report, told } = played;
  assert.ok(report.doubled > 0, told.join('\n'));
  assert.ok(
    report.complaints.some((complaint) => complaint.includes('too many')),
    report.complaints.join('\n'),
  );
});

// Proves on a real broker, Redis and several processes that nothing is lost and nothing counts twice, whatever is killed, stopped, cut,
// slowed down or emptied meanwhile. CHAOS_SEED repeats the faults; CHAOS_FAULTS says how many.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { kafkaClientNames } from '../../streams/log/kafka/settings.ts';
import { runChaos } from './chaos.ts';

/** `npm run chaos` goes on for longer. */
const faults = { kafkajs: 8, platformatic: 16 };
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1e6);

for (const kafkaClient of kafkaClientNames) {
  const faultsMax = Number(process.env['CHAOS_FAULTS'] ?? faults[kafkaClient]);
  test(`${faultsMax} faults lose nothing and double nothing (${kafkaClient}, seed ${seed})`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-chaos-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const told: string[] = [];
    const report = await runChaos({ folder, kafkaClient, seed, faultsMax, say: (line) => told.push(line) });
    if (report === undefined) return;
    const { complaints, lost, doubled, faults: struck } = report;
    assert.deepEqual(
      { complaints, lost, doubled, struck },
      { complaints: [], lost: 0, doubled: 0, struck: faultsMax },
      told.join('\n'),
    );
  });
}

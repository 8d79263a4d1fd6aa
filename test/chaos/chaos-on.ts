// Proves on a real broker, Redis and several processes that nothing is lost and nothing counts twice, whatever is killed, stopped, cut,
// slowed down or emptied meanwhile. CHAOS_SEED repeats the faults; CHAOS_FAULTS says how many.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { KafkaClientName } from '../../streams/log/kafka/settings.ts';
import { runChaos, type ChaosOptions, type ChaosReport } from './chaos.ts';

/** `npm run chaos` goes on for longer. */
const faultsMax = Number(process.env['CHAOS_FAULTS'] ?? 15);
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1e6);

export function chaosOn(kafkaClient: KafkaClientName): void {
  test(`on ${kafkaClient} ${faultsMax} faults lose nothing and double nothing (seed ${seed})`, async (t) => {
    const played = await playChaos(t, { kafkaClient, seed, faultsMax });
    if (played === undefined) return;
    const { complaints, lost, doubled, faults } = played.report;
    assert.deepEqual(
      { complaints, lost, doubled, faults },
      { complaints: [], lost: 0, doubled: 0, faults: faultsMax },
      played.told.join('\n'),
    );
  });
}

/** Undefined where a server can't run. */
export async function playChaos(
  t: TestContext,
  options: Omit<ChaosOptions, 'folder' | 'say'>,
): Promise<{ report: ChaosReport; told: string[] } | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-chaos-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const told: string[] = [];
  const report = await runChaos({ ...options, folder, say: (line) => told.push(line) });
  return report === undefined ? undefined : { report, told };
}

// The whole program under load over HTTP, killed and started again on the same folder, as a machine's crash or an impatient
// administrator does it. Then SIGTERM, under load as well.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../streams/random.ts';
import { startFreshet } from '../end-to-end/freshet-process.ts';
import { Ledger } from './ledger.ts';
import { sendUntilGone } from './producer.ts';
import { proveNothingLost } from './prove-nothing-lost.ts';

const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 40);
const SEED = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1e6);
const CUSTOMERS = 60;
const KILL_WITHIN_MS = 400;
const TERMINATIONS = 4;
/** Says that it hangs, not that it is slow: tests share the machine. What is usual stands in docs/performance.md. */
const READY_WITHIN_MS = 120_000;

test(`${ROUNDS} times kill -9 under load loses nothing and doubles nothing (seed ${SEED})`, async (t) => {
  const dataDir = temporaryFolder(t);
  const random = seededRandom(SEED);
  const ledger = new Ledger(SEED, CUSTOMERS);
  const readyMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const freshet = await startFreshet(dataDir, { GATEWAY_WORKERS: String(round % 3) });
    // It takes events before it is ready: half of the kills come while it still starts.
    const loaded = sendUntilGone(freshet, ledger);
    try {
      if (random() < 0.5) readyMs.push(await freshet.ready(READY_WITHIN_MS));
      await sleep(random() * KILL_WITHIN_MS);
    } finally {
      await freshet.kill(); // one that failed would be under load for ever
      await loaded;
    }
  }
  await proveNothingLost(dataDir, ledger);
  readyMs.sort((a, b) => a - b);
  t.diagnostic(
    `${ledger.sent} events; ready after a kill within ${Math.round(readyMs[readyMs.length >> 1] ?? 0)} ms half of the ` +
      `times, within ${Math.round(readyMs.at(-1) ?? 0)} ms always`,
  );
});

test('SIGTERM under load: it ends with 0, and what was accepted stays', async (t) => {
  const dataDir = temporaryFolder(t);
  const ledger = new Ledger(SEED + 1, CUSTOMERS);
  for (let round = 0; round < TERMINATIONS; round += 1) {
    const freshet = await startFreshet(dataDir, { GATEWAY_WORKERS: String(round % 3) });
    const loaded = sendUntilGone(freshet, ledger);
    let acceptedBefore = 0;
    try {
      await freshet.ready(READY_WITHIN_MS);
      await sleep(KILL_WITHIN_MS);
      acceptedBefore = ledger.accepted;
    } finally {
      await freshet.stop();
    }
    assert.deepEqual(await freshet.ended, { code: 0, signal: null }, freshet.output());
    await loaded;
    assert.ok(ledger.accepted > 0 && ledger.accepted >= acceptedBefore);
  }
  await proveNothingLost(dataDir, ledger);
});

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-kill-9-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

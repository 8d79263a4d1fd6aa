// A disk that runs full under load: nothing new is accepted and the answer says so, reads go on, and once there is room again
// everything works, without a restart and without a loss.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFreshet, type FreshetProcess, type Reply } from '../end-to-end/freshet-process.ts';
import { leftOut } from '../left-out.ts';
import { Ledger } from './ledger.ts';
import { proveNothingLost } from './prove-nothing-lost.ts';
import { sendUntilGone } from './producer.ts';

const DISK_MIB = 640;
/** Below the log's reserve of 256 MiB, but not full: what was accepted can still be processed. */
const SCARCE_MIB = 100;
const LOAD_MS = 1_000;
/** Requests that were let in before may still be answered. */
const IN_FLIGHT_MS = 500;
const PATIENCE_MS = 20_000;

test('a full disk', async (t) => {
  const disk = smallDisk(t);
  if (disk === undefined) return leftOut('a full disk: mounting one needs root on Linux');
  const dataDir = join(disk, 'data');
  const freshet = await startFreshet(dataDir, { LOG_LEVEL: 'error' });
  t.after(() => freshet.kill());
  await freshet.ready();
  const ledger = new Ledger(1, 40);
  const loaded = sendUntilGone(freshet, ledger);
  await sleep(LOAD_MS);

  for (const freeMiB of [SCARCE_MIB, 0]) {
    fill(disk, freeMiB);
    const refused = await until(freshet, (reply) => reply.status === 503);
    assert.match(String(refused.headers['retry-after']), /^\d+$/);
    await sleep(IN_FLIGHT_MS);
    const acceptedThen = ledger.accepted;
    await sleep(LOAD_MS);
    assert.equal(ledger.accepted, acceptedThen, 'accepted on a full disk');
    const customer = [...ledger.recount().keys()][0] ?? '';
    for (const path of [`/api/v1/recommendations/${customer}`, '/healthz']) {
      assert.equal((await freshet.ask('GET', path)).status, 200, `${path} with ${freeMiB} MiB free`);
    }
    rmSync(join(disk, BALLAST));
    await until(freshet, (reply) => reply.status === 202);
  }

  await sleep(LOAD_MS);
  await freshet.ready(PATIENCE_MS * 10);
  assert.deepEqual(await freshet.stop(), { code: 0, signal: null }, freshet.output());
  await loaded;
  await proveNothingLost(dataDir, ledger);
});

const BALLAST = 'ballast';

function smallDisk(t: TestContext): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  t.after(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Leaves so much free; to the last byte when it is 0. */
function fill(disk: string, leaveMiB: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const blocks = bavail - (leaveMiB * 2 ** 20) / bsize;
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${join(disk, BALLAST)}`, `bs=${bsize}`, `count=${leaveMiB === 0 ? bavail * 2 : blocks}`], { stdio: 'ignore' }); // prettier-ignore
  } catch {
    // dd fails when the disk is full: that is what it was asked for
  }
}

/** Sends harmless events until the answer is as wished. */
async function until(freshet: FreshetProcess, isWished: (reply: Reply) => boolean): Promise<Reply> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let number = 0; ; number += 1) {
    const event = { interaction_id: `end-disk-${number}`, customer_id: 'bystander', event_type: 'search' };
    const reply = await freshet.ask('POST', '/api/v1/interactions', event);
    if (isWished(reply)) return reply;
    assert.ok(performance.now() < untilMs, `still ${reply.status}: ${reply.text}`);
    await sleep(50);
  }
}

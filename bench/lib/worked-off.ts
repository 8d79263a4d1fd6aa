// Waits until a running Freshet has nothing left to process.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FreshetProcess } from '../../test/end-to-end/freshet-process.ts';

const LOOK_EVERY_MS = 200;
/** In a row: the stages feed each other. */
const IDLE_LOOKS = 5;
const READY_WITHIN_MS = 600_000;
const TELL_EVERY_MS = 15_000;

/** Tells now and then what is left, as it may take minutes. */
export async function workedOff(freshet: FreshetProcess): Promise<void> {
  await freshet.ready(READY_WITHIN_MS);
  let toldMs = performance.now();
  for (let idle = 0; idle < IDLE_LOOKS;) {
    await sleep(LOOK_EVERY_MS);
    const left = (await freshet.ask('GET', '/api/v1/status')).json<{ lag_records: number }>().lag_records;
    idle = left === 0 ? idle + 1 : 0;
    if (left === 0 || performance.now() - toldMs < TELL_EVERY_MS) continue;
    toldMs = performance.now();
    console.log(`  ${left.toLocaleString('en')} records are left to process`);
  }
}

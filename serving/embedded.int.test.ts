// kill -9 while the serving store is written: entries, position and progress agree. What was written last may be missing: the log has it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEmbeddedServingStore } from './embedded.ts';
import { INPUT, KEYS } from './testing/serve-until-killed.ts';

const WRITER = fileURLToPath(new URL('testing/serve-until-killed.ts', import.meta.url));

test('kill -9 in mid-write: entries, position and progress agree', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-serving-'));
  try {
    let former = 0;
    for (const afterMs of [20, 160, 290, 610]) {
      const written = await runAndKill(folder, afterMs);
      const kept = await checkWhole(folder);
      assert.ok(kept >= former && kept <= written + 1, `${kept} is kept of ${written}, after ${former}`);
      former = kept;
    }
    assert.ok(former > 0, 'nothing was ever written to the disk');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function runAndKill(folder: string, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let written = 0;
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: writer.stdout })) {
    written = Number(line);
    timer ??= setTimeout(() => writer.kill('SIGKILL'), afterMs);
  }
  assert.notEqual(timer, undefined, 'the writer died before it wrote anything');
  return written;
}

/** Answers how much of it is kept. */
async function checkWhole(folder: string): Promise<number> {
  const store = await openEmbeddedServingStore(folder);
  assert.equal(store.wiped, null);
  const position = (await store.positions())[0]?.offset ?? 0;
  assert.equal(store.progress(INPUT), position);
  for (const value of store.getMany(KEYS)) assert.equal(Number(value?.toString() ?? 0), position);
  await store.close();
  return position;
}

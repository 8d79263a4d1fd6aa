// kill -9 while the serving store is written: entries, position and progress agree, and nothing written is lost.
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
    for (const afterMs of [20, 90, 160, 230]) await checkWhole(folder, await runAndKill(folder, afterMs));
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

async function checkWhole(folder: string, written: number): Promise<void> {
  const store = await openEmbeddedServingStore(folder);
  assert.equal(store.wiped, null);
  const position = (await store.positions())[0]?.offset ?? 0;
  assert.ok(position >= written, `${written} was written, but ${position} is the position`);
  assert.equal(store.progress(INPUT), position);
  for (const value of store.getMany(KEYS)) assert.equal(Number(value?.toString()), position);
  await store.close();
}

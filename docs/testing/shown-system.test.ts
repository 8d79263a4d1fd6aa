// Whatever a test of the pages starts is gone with it: also what npm has started, and also when it was late.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { shell, startShown } from './shown-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'freshet-shown-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As npm does: it starts the server and waits. The process writes the server's id to a file. */
const late = (file: string) => `bash -c 'sleep 1000 & echo $! > ${file}; wait'`;
const withinMs = 1_000;

test('a system that does not come up in time', async () => {
  const file = join(folder, 'started');
  await assert.rejects(startShown(late(file), {}, withinMs), /it did not start/);
  await assertGone(file);
});

test('a system whose first process ends', async () => {
  const file = join(folder, 'orphan');
  await assert.rejects(startShown(`bash -c 'sleep 1000 & echo $! > ${file}; exit 3'`, {}), /it did not start/);
  await assertGone(file);
});

test('a command that takes too long', async () => {
  const file = join(folder, 'command');
  assert.equal((await shell(late(file), { withinMs })).status, null);
  await assertGone(file);
});

test('a command’s answer, and how it ended', async () => {
  const answered = await shell('cat <<END\nfive lamps\nEND\necho oh >&2; exit 4');
  assert.deepEqual(answered, { status: 4, stdout: 'five lamps\n', stderr: 'oh\n' });
});

async function assertGone(file: string): Promise<void> {
  const pid = Number(readFileSync(file, 'utf8'));
  assert.ok(pid > 1);
  for (let tries = 0; isThere(pid); tries += 1) {
    assert.ok(tries < 500, `process ${pid} is still there`);
    await sleep(10);
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Proves that a program started through npm ends in order when npm is killed with -9, and that the launcher passes on
// arguments and exit codes.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'freshet-follow-parent-'));
after(() => rmSync(folder, { recursive: true }));

test('arguments and the exit code pass through', () => {
  const program = write('exit.ts', 'process.exit(Number(process.argv[2]))');
  const { status } = spawnSync(process.execPath, ['bin/pinned.js', program, '7']);
  assert.equal(status, 7);
});

test('a killed parent stops the program in order', { timeout: 20_000 }, async () => {
  const program = write(
    'serve.ts',
    `process.on('SIGTERM', () => { console.log('stopped in order'); process.exit() });
     setInterval(() => {}, 1000); console.log('started')`,
  );
  const shell = spawn('sh', ['-c', `"${process.execPath}" bin/pinned.js "${program}" & wait`], {
    env: { ...process.env, npm_command: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said === 'started\n') shell.kill('SIGKILL');
  });
  // The pipe closes when the last process that holds it has ended: the program, not the shell.
  await new Promise((resolve) => shell.stdout.on('close', resolve));
  assert.equal(said, 'started\nstopped in order\n');
});

function write(name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(path, source);
  return path;
}

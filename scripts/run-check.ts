// Runs one static check: one line with its duration, and what it said only if it failed.
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import type { Check } from './checks.ts';

export async function runCheck(check: Check): Promise<boolean> {
  const startedMs = performance.now();
  const { ok, output } = await run(check);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`);
  if (!ok) console.log(output.trimEnd());
  return ok;
}

function run(check: Check): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    // The tools' first lines say `env node`: let that be the Node that runs us.
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    const child = spawn(check.command, check.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

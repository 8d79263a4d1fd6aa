// Runs a program to its end.
import { spawnSync } from 'node:child_process';

/** Answers what it said; throws that when it fails. */
export function run(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? ''}\n${stdout}${stderr}`);
  return stdout + stderr;
}

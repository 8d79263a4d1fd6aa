// The container engine of this machine, by its command `docker`: whether there is one, and what testcontainers has no call for.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { run } from './run.ts';

export function hasContainerEngine(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;
}

/** Clients in this process go on meanwhile. */
export async function docker(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('docker', args);
}

/** Done when it returns. */
export function dockerNow(...args: readonly string[]): void {
  run('docker', args);
}

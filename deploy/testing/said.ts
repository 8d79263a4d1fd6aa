// Runs a checker to its end, whatever it finds.
import { spawnSync } from 'node:child_process';

export interface Said {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Manifests of a profile, and all that is said of them. */
const outputBytesMax = 64 * 1024 * 1024;

/** @throws Error when it can't be run at all. */
export function said(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Said {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: outputBytesMax,
  });
  if (error !== undefined) throw error;
  return { status, output: stdout, errors: stderr };
}

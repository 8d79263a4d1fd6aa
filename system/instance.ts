// The name of a process among those that share brokers. It stays with the data folder, so that after a restart the brokers give it the
// partitions again whose state it has.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Of this folder; made at the first call. Only one process may use the folder at a time. */
export function instanceOf(dataDir: string): string {
  const path = join(dataDir, 'instance');
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, `${hostname()}-${randomBytes(4).toString('hex')}\n`);
    renameSync(`${path}.new`, path);
  }
  return readFileSync(path, 'utf8').trim();
}

// A folder for one bench, gone afterwards, however the bench ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const removeAndEnd = () => {
    remove();
    process.exit(1);
  };
  process.once('SIGINT', removeAndEnd).once('SIGTERM', removeAndEnd);
  try {
    return await use(folder);
  } finally {
    process.off('SIGINT', removeAndEnd).off('SIGTERM', removeAndEnd);
    remove();
  }
}

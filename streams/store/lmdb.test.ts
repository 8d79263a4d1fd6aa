import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStateStore } from './lmdb.ts';
import { storeContract } from './store.contract.ts';

storeContract('lmdb', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-store-'));
  return {
    open: () => openLmdbStateStore(folder),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

// How much disk the local copies take: the state of tasks, and the serving store where it is a folder.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';

const STORES = ['state', 'serving'] as const;
/** stat counts blocks of this size, whatever the file system's own are. */
const BLOCK_BYTES = 512;

export function storeBytes(registry: Registry, dataDir: string): void {
  new Gauge({
    name: 'freshet_store_bytes',
    help: 'Disk space of a local store.',
    labelNames: ['store'],
    registers: [registry],
    async collect() {
      for (const store of STORES) {
        const bytes = await bytesIn(join(dataDir, store));
        if (bytes !== undefined) this.labels(store).set(bytes);
      }
    },
  });
}

/** Undefined when there is no such folder. Files that vanish meanwhile take no space. */
async function bytesIn(folder: string): Promise<number | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  const files = entries?.filter((entry) => entry.isFile());
  const sizes = files?.map(async ({ parentPath, name }) => {
    const blocks = await stat(join(parentPath, name)).then(
      (found) => found.blocks,
      () => 0,
    );
    return blocks * BLOCK_BYTES;
  });
  return sizes && (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

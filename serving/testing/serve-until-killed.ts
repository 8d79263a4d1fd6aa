// A process that writes batches to an embedded serving store until it is killed, and prints each position once it is written.
// The batch up to position n sets KEYS keys to n, and the progress to n.
import { openEmbeddedServingStore } from '../embedded.ts';

export const KEYS = Array.from({ length: 100 }, (_, at) => ({ collection: 'profiles', key: `k${at}` }));
export const SOURCE = { topic: 'profiles', partition: 0 };
export const INPUT = { stage: 'customers', topic: 'interactions', partition: 0 };

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('usage: serve-until-killed <folder>');
  await serveForEver(folder);
}

async function serveForEver(folder: string): Promise<never> {
  const store = await openEmbeddedServingStore(folder);
  const from = (await store.positions())[0]?.offset ?? 0;
  for (let position = from + 1; ; position += 1) {
    const value = Buffer.from(String(position).padEnd(1000));
    const entries = KEYS.map((key) => ({ ...key, value, offset: position - 1 }));
    await store.write([{ ...SOURCE, entries, nextOffset: position }], [{ ...INPUT, offset: position }]);
    process.stdout.write(`${position}\n`);
  }
}

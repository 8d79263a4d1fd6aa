// A process that applies batches to an lmdb store until it is killed, and prints each one's number once it is applied.
// Batch n writes n to `counters` under ENTRIES keys, rewrites some bulk, and has n as its meta: any mixture shows.
import { openLmdbStateStore } from '../lmdb.ts';
import type { StoreWrite } from '../store.ts';

/** More than lmdb-js collects before its thread starts (1,000), so that some kills fall between start and commit. */
export const ENTRIES = 1500;
const BULK_KEYS = 5000;

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('usage: write-until-killed <folder>');
  await writeForEver(folder);
}

async function writeForEver(folder: string): Promise<never> {
  const states = await openLmdbStateStore(folder);
  const store = await states.open('customers.0');
  for (let number = Number(store.meta?.toString() ?? '0') + 1; ; number += 1) {
    await store.apply(batch(number), Buffer.from(String(number)));
    process.stdout.write(`${number}\n`);
  }
}

function batch(number: number): StoreWrite[] {
  const counters = Array.from({ length: ENTRIES }, (_, at) => ({
    table: 'counters',
    key: `k${at}`,
    value: Buffer.from(String(number)),
  }));
  const bulk = Array.from({ length: 100 }, (_, at) => ({
    table: 'bulk',
    key: `k${(number * 7919 + at * 104_729) % BULK_KEYS}`,
    value: (number + at) % 5 === 0 ? null : Buffer.alloc(((number + at) * 37) % 9000, number),
  }));
  return [...counters, ...bulk];
}

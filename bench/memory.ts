// What a process of the stages holds while ever more customers come: it must stay where it is once its caches are full.
import type { BenchOptions, Figures } from './lib/bench.ts';
import { askChild } from './lib/child.ts';
import type { Held } from './lib/hold-customers.ts';
import { inTemporaryFolder } from './lib/temporary-folder.ts';

export async function run({ events = 60_000 }: BenchOptions): Promise<Figures> {
  const held = await inTemporaryFolder((dataDir) =>
    askChild<readonly Held[]>(new URL('./lib/hold-customers.ts', import.meta.url), { dataDir, events }),
  );
  console.table(held);
  return { held };
}

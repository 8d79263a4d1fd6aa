// How fast a backlog of interactions goes through the stages, on real disks: the customers stage alone, and everything.
import { inTemporaryFolder } from './lib/temporary-folder.ts';
import { fillLog, type Backlog } from './lib/backlog.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';
import { askChild } from './lib/child.ts';
import { openLog } from '../test/faults/processing.ts';
import type { BacklogFigures, ProcessBacklog } from './lib/process-backlog.ts';

export async function run({ events = 200_000, sessions = 100_000 }: BenchOptions): Promise<Figures> {
  const figures: Record<string, BacklogFigures> = {};
  for (const workload of ['shop', 'uniform'] as const) {
    for (const everything of [false, true]) {
      const name = `${workload}_${everything ? 'everything' : 'customers_stage'}`;
      const result = await processed({ workload, events, sessions }, everything);
      figures[name] = result;
      console.log(`${name}: ${result.events_per_second}/s, ${result.cpu_us_per_event} µs of CPU per event`);
    }
  }
  return { goal_events_per_second: 5_000, sessions, ...figures };
}

function processed(backlog: Backlog, everything: boolean): Promise<BacklogFigures> {
  return inTemporaryFolder(async (dataDir) => {
    const log = await openLog(dataDir);
    await fillLog(log, backlog);
    await log.close();
    const task: ProcessBacklog = { dataDir, everything };
    return askChild<BacklogFigures>(new URL('./lib/process-backlog.ts', import.meta.url), task);
  });
}

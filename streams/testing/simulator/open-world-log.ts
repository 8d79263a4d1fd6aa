// The real embedded log, on a disk in memory and virtual time, with limits so small that flushes and compactions never end.
import type { Clock } from '../../clock.ts';
import { openEmbeddedLog } from '../../log/embedded/open.ts';
import type { Log } from '../../log/log.ts';
import type { MemoryDisk } from '../../log/embedded/memory-disk.ts';
import type { Dice } from './dice.ts';
import type { Host } from './host.ts';
import type { Scheduler } from './scheduler.ts';

/** Opens what is on the disk; the log stands still for ever once `host` is dead. */
export function openWorldLog(disk: MemoryDisk, scheduler: Scheduler, host: Host, dice: Dice): Promise<Log> {
  const clock: Clock = {
    nowMs: () => scheduler.nowMs(),
    sleep: (ms, signal) => host.through(() => scheduler.sleep(ms, signal)),
  };
  disk.delay = () => (dice.chance(0.2) ? scheduler.turn() : Promise.resolve());
  // One in three worlds flushes and compacts all the time; that costs most of a run, and the others look at the rest.
  const isBusy = dice.chance(0.35);
  return openEmbeddedLog({
    folder: disk,
    clock,
    clusterId: 'simulated',
    soon: (callback) => {
      void host.through(() => scheduler.turn()).then(callback);
    },
    // What can't be written in the background is tried again; if it were lost, the oracle would miss it.
    onProblem: () => undefined,
    limits: {
      tailBytes: isBusy ? dice.pick([1_000, 4_000]) : 100_000,
      segmentBytes: dice.pick([500, 4_000, 30_000]),
      segmentAgeMaxMs: dice.pick([1_000, 60_000]),
      tailAgeMaxMs: isBusy ? dice.pick([300, 3_000]) : 60_000,
      blockBytes: dice.pick([100, 1_000]),
      batchBytes: dice.pick([300, 2_000, 20_000]),
      readBytes: dice.pick([600, 40_000]),
      recordBytesMax: 10_000,
      commitBytesMax: 100_000,
      freeBytesReserve: dice.pick([0, 300]),
      freeCheckMs: 50,
      syncWithinMs: dice.pick([20, 300, 1_000]),
      revokeWaitMs: dice.pick([200, 1_500]),
      maintainEveryMs: isBusy ? dice.pick([400, 3_000]) : 5_000,
      retryMs: 100,
      compactionLagMaxMs: dice.pick([200, 10_000]),
      compactionKeysMax: dice.pick([3, 1_000]),
      sliceBytes: dice.pick([200, 5_000]),
      openFilesMax: dice.pick([2, 50]),
    },
  });
}

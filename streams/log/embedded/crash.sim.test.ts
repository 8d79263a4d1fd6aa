// After a crash at any operation of the disk, the log is what the first so many commits made: with all of them when only the
// process died, with all that were promised durable when the machine did. Then it goes on, and crashes again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dice } from '../../testing/simulator/dice.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import type { LogLimits } from './limits.ts';
import { MemoryDisk, PartialWrite } from './memory-disk.ts';
import { openEmbeddedLog } from './open.ts';
import { ManualClock, turns } from './testing/manual-clock.ts';
import { Workload } from './testing/workload.ts';

const seeds = 80;
const roundsPerSeed = 4;
type Crash = 'process' | 'machine';

test(`${seeds} seeds of random work with crashes at random moments`, async () => {
  for (let seed = 0; seed < seeds; seed += 1) {
    await inSeed(seed, async (dice) => {
      const world = new World(dice);
      for (let round = 0; round < roundsPerSeed; round += 1) {
        await world.runUntilCrash({
          afterOperations: dice.int(1, 400),
          kind: dice.chance(0.5) ? 'process' : 'machine',
        });
      }
    });
  }
});

for (const kind of ['process', 'machine'] as const) {
  test(`a crash of the ${kind} at every single operation of one run`, async () => {
    for (let operation = 1; ; operation += 1) {
      let isOver = false;
      await inSeed(operation, async (dice) => {
        const world = new World(new Dice('always the same work'), dice);
        isOver = !(await world.runUntilCrash({ afterOperations: operation, kind }));
      });
      if (isOver) return assert.ok(operation > 150, `only ${operation} operations`);
    }
  });
}

class World {
  disk = new MemoryDisk();
  readonly #crashDice: Dice;
  readonly #clock = new ManualClock();
  readonly #limits: Partial<LogLimits>;
  readonly #workload: Workload;

  constructor(dice: Dice, crashDice = dice) {
    this.#crashDice = crashDice;
    this.#limits = tinyLimits(dice);
    this.#workload = new Workload(dice, this.#clock);
  }

  /** Opens the log, works, crashes, opens again and checks. False when the work was over before. */
  async runUntilCrash(crash: { afterOperations: number; kind: Crash }): Promise<boolean> {
    const { died, isDead } = this.#crashAfter(crash.afterOperations);
    const finished = await Promise.race([died.then(() => false), this.#work(isDead)]);
    this.disk.before = undefined;
    if (finished) return false;
    this.disk = crash.kind === 'process' ? await died : (await died).afterPowerLoss(() => this.#crashDice.fraction());
    const log = await this.#open();
    await this.#workload.check(log, crash.kind);
    await log.close();
    return true;
  }

  async #work(isDead: () => boolean): Promise<boolean> {
    const log = await this.#open();
    await this.#workload.begin(log);
    await this.#workload.run(log, 20, isDead);
    await log.tidy();
    await this.#workload.run(log, 5, isDead);
    await log.tidy();
    if (isDead()) return new Promise<never>(() => {});
    await this.#workload.check(log, 'none');
    await log.close();
    return true;
  }

  /** Counts operations; at the last one the process is gone, its write perhaps half done. */
  #crashAfter(operations: number): { died: Promise<MemoryDisk>; isDead: () => boolean } {
    const { disk } = this;
    let left = operations;
    let isDead = false;
    const died = new Promise<MemoryDisk>((resolve) => {
      disk.before = ({ kind }) => {
        left -= 1;
        if (left > 0) return;
        isDead = true;
        resolve(disk.afterCrash());
        throw kind === 'write' ? new PartialWrite(this.#crashDice.int(0, 60)) : new Error('killed');
      };
    });
    return { died, isDead: () => isDead };
  }

  #open(): Promise<EmbeddedLog> {
    // What background work can't do on a dead disk is of no interest.
    return openEmbeddedLog({ folder: this.disk, clock: this.#clock, limits: this.#limits, onProblem: () => {} });
  }
}

function tinyLimits(dice: Dice): Partial<LogLimits> {
  return {
    tailBytes: dice.int(2000, 20_000),
    segmentBytes: dice.int(500, 10_000),
    segmentBytesMin: dice.int(100, 3000),
    blockBytes: dice.int(50, 2000),
    sliceBytes: 1000,
    batchBytes: dice.int(1000, 5000),
    openFilesMax: dice.int(1, 10),
    compactionKeysMax: dice.pick([3, 20, 1000]),
    syncWithinMs: dice.int(10, 1000),
    segmentAgeMaxMs: dice.int(1000, 20_000),
    freeBytesReserve: 0,
  };
}

async function inSeed(seed: number, run: (dice: Dice) => Promise<void>): Promise<void> {
  try {
    await run(new Dice(`crash ${seed}`));
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  await turns();
}

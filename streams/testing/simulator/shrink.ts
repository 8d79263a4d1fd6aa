// Drops faults of a failing run one by one while it still fails, so that what is left is close to the cause.
import type { Fault } from './faults.ts';
import { runSeed, type RunResult } from './run.ts';
import { NO_SABOTAGE, type Sabotage } from './sabotage.ts';

export async function shrink(failed: RunResult, sabotage: Sabotage = NO_SABOTAGE): Promise<RunResult> {
  let smallest = failed;
  for (let index = failed.faults.length - 1; index >= 0; index -= 1) {
    const faults = without(smallest.faults, index);
    const result = await runSeed({ seed: failed.seed, faults, sabotage });
    if (result.failure !== null) smallest = result;
  }
  return smallest;
}

function without(faults: readonly Fault[], index: number): Fault[] {
  return faults.filter((_, other) => other !== index);
}

// Runs seed after seed until one fails.
import { runSeed, type RunResult } from './run.ts';
import { NO_SABOTAGE, type Sabotage } from './sabotage.ts';

export interface Hunt {
  /** Seeds run. */
  readonly count: number;
  readonly failed: RunResult | null;
}

export async function hunt(
  from: number,
  isEnough: (count: number) => boolean,
  make: () => Sabotage = () => NO_SABOTAGE,
): Promise<Hunt> {
  for (let count = 0; !isEnough(count); count += 1) {
    const result = await runSeed({ seed: from + count, sabotage: make() });
    if (result.failure !== null) return { count: count + 1, failed: result };
  }
  return { count: 0, failed: null };
}

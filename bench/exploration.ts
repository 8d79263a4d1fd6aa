// Clicks lost while finding out which items are good, on simulated shelves whose click rates are known: not a matter of time, but of how
// good Thompson sampling is against other ways, and against the least that is possible.
import { leastRegret, policies, regretOf } from '../models/testing/simulated-bandit.ts';
import { seededRandom } from '../streams/random.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';

const SEEDS = 5;
/** Click rates as in a shop: one clear winner; many that are close; a long shelf. */
const shelves: Readonly<Record<string, readonly number[]>> = {
  clear: [0.02, 0.03, 0.05, 0.05, 0.1],
  close: [0.04, 0.045, 0.05, 0.055, 0.06],
  long: Array.from({ length: 30 }, (_, at) => 0.01 + 0.002 * at),
};

export async function run({ events: rounds = 10_000 }: BenchOptions = {}): Promise<Figures> {
  const figures = Object.fromEntries(
    Object.entries(shelves).map(([shelf, rates]) => [shelf, { ...regrets(rates, rounds), least: Math.round(leastRegret(rates, rounds)) }]), // prettier-ignore
  );
  console.table(figures);
  return { rounds, seeds: SEEDS, regret: figures };
}

function regrets(rates: readonly number[], rounds: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => {
      let sum = 0;
      for (let seed = 1; seed <= SEEDS; seed += 1) sum += regretOf(policy, rates, rounds, seededRandom(seed));
      return [name, Math.round(sum / SEEDS)];
    }),
  );
}

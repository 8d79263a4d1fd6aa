// What an event costs with ten thousand customers and with a million: CPU, memory, disk. It should not depend on their number.
import type { BenchOptions, Figures } from './lib/bench.ts';
import { rounded } from './lib/quantiles.ts';
import { appendVisits, withCustomers, workOff } from './lib/seed-customers.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const EVENTS_PER_VISIT = 3;

/** Sizes up to `customers`; where that is none of them, it comes last. */
export async function run({ customers = 1_000_000, events = 30_000, folder }: BenchOptions): Promise<Figures> {
  const sizes = [...SIZES.filter((size) => size < customers), customers];
  const figures: Record<string, unknown> = {};
  let least: number | undefined;
  for (const size of sizes) {
    const result = await measure(size, events, folder);
    least ??= result.cpu_us_per_event;
    const relative = rounded(result.cpu_us_per_event / least);
    figures[`with_${size}_customers`] = { relative_cost: relative, ...result };
    console.log(`  ${result.cpu_us_per_event} µs of CPU per event: ${relative} × that of ${sizes[0]} customers`);
  }
  return { goal_relative_cost: '0.8 to 1.2', ...figures };
}

/** The visits of the measured window are of customers far apart: whom the caches don't know when there are many. */
function measure(customers: number, events: number, folder: string | undefined) {
  return withCustomers(customers, folder, async (dataDir, seeding) => {
    await appendVisits(dataDir, { customers, events, perVisit: EVENTS_PER_VISIT });
    return { ...(await workOff(dataDir)), seeding };
  });
}

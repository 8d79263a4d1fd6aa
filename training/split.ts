// A moment that divides a history: what was before is learnt, and what customers came to have after it is asked for.
import type { CustomerHistory, History } from './history.ts';

/** Of all deeds, those before the moment. */
const LEARNT_SHARE = 0.9;
/** Customers asked for, taken evenly. */
const CASES_MAX = 2_000;

export interface Case {
  /** Items had before, the latest first. */
  readonly history: readonly number[];
  /** Items had after that were not had before. */
  readonly wanted: readonly number[];
}

export interface Split {
  readonly atMs: number;
  readonly cases: readonly Case[];
}

/** @param notBeforeMs nothing from before then is asked for: somebody has learnt it already. */
export function splitInTime({ customers }: History, notBeforeMs: number): Split {
  const times = customers.flatMap(({ deeds }) => deeds.map(({ atMs }) => atMs)).sort((one, other) => one - other);
  const atMs = Math.max(notBeforeMs, times[Math.floor(times.length * LEARNT_SHARE)] ?? -Infinity);
  const cases = customers.flatMap((customer) => caseOf(customer, atMs) ?? []);
  const step = Math.max(1, Math.ceil(cases.length / CASES_MAX));
  return { atMs, cases: cases.filter((_, at) => at % step === 0) };
}

/** Item numbers that a customer had before a moment, each once, the latest first. */
export function hadBefore({ deeds }: CustomerHistory, atMs: number): number[] {
  const had = new Set<number>();
  for (let at = deeds.length - 1; at >= 0; at -= 1) {
    const deed = deeds[at];
    if (deed !== undefined && deed.atMs <= atMs && deed.weight > 0) had.add(deed.item);
  }
  return [...had];
}

function caseOf(customer: CustomerHistory, atMs: number): Case | undefined {
  const history = hadBefore(customer, atMs);
  const before = new Set(history);
  const wanted = new Set(
    customer.deeds
      .filter((deed) => deed.atMs > atMs && deed.weight > 0 && !before.has(deed.item))
      .map(({ item }) => item),
  );
  return history.length === 0 || wanted.size === 0 ? undefined : { history, wanted: [...wanted] };
}

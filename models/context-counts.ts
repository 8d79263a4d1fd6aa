// Counts what is sought when and where: by circumstance and category, of which lifts are made.
import type { ContextLifts } from './context-lifts.ts';

/** As if so many deeds in each circumstance had been as usual: what is rare is not taken for a rule. */
const USUAL_DEEDS = 200;
/** Nearer to 1 is not worth telling. */
const NOTABLE = 0.05;
/** Circumstances that are told apart: those in which most happened. */
const CIRCUMSTANCES_MAX = 200;

export class ContextCounts {
  readonly #usual = new Map<string, number>();
  readonly #counts = new Map<string, Map<string, number>>();
  #total = 0;

  /** Something of the category was sought in these circumstances, `circumstancesOf` a moment. */
  add(category: string, circumstances: readonly string[]): void {
    this.#total += 1;
    count(this.#usual, category);
    for (const circumstance of circumstances) {
      let tally = this.#counts.get(circumstance);
      if (tally === undefined) this.#counts.set(circumstance, (tally = new Map()));
      count(tally, category);
    }
  }

  lifts(): ContextLifts {
    const most = [...this.#counts]
      .map(([circumstance, tally]) => ({ circumstance, tally, here: sumOf(tally) }))
      .sort((one, other) => other.here - one.here)
      .slice(0, CIRCUMSTANCES_MAX);
    return Object.fromEntries(most.map(({ circumstance, tally, here }) => [circumstance, this.#liftsOf(tally, here)]));
  }

  #liftsOf(tally: ReadonlyMap<string, number>, here: number): Readonly<Record<string, number>> {
    const lifts = [...this.#usual].map(([category, everywhere]) => {
      const share = everywhere / this.#total;
      const lift = ((tally.get(category) ?? 0) + USUAL_DEEDS * share) / ((here + USUAL_DEEDS) * share);
      return [category, lift] as const;
    });
    return Object.fromEntries(lifts.filter(([, lift]) => Math.abs(lift - 1) > NOTABLE));
  }
}

function sumOf(tally: ReadonlyMap<string, number>): number {
  return [...tally.values()].reduce((sum, each) => sum + each, 0);
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

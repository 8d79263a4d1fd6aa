// Takes the best candidates that may be shown, each item once, with what the catalogue says of it.
import { NO_CATEGORY, spreadCategories } from '../../models/diversity.ts';
import type { Item } from '../../schemas/types.ts';
import { whenThere, type MaybePromise } from '../../serving/serving-store.ts';
import { isAvailable } from '../catalogue/available.ts';
import type { Filter } from '../rules/rule-book.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { Candidate, Candidates } from './candidates.ts';

export interface Chosen extends Candidate {
  readonly item: Item | undefined;
}

/** Further candidates. It is told the categories of all items that were looked at so far, if `isSelective`. */
export type Source = (categoriesSeen: ReadonlySet<string>) => Promise<readonly Candidate[]>;

export interface Choice {
  readonly limit: number;
  readonly lets: Filter;
  /** Most candidates may not fit, so that more of them are looked at, at one time and in all. */
  readonly isSelective: boolean;
  readonly diversity: number;
  readonly reads: ServingReads;
  readonly nowMs: number;
}

/** A spread list is made of so many times as many items, so that there is something to choose from. */
const spreadFrom = 3;
const spreadFromMax = 300;
const lookedAtTogether = 100;
const lookedAtMax = 2_000;
const categoriesSeenMax = 64;

/**
 * `further` sources are asked for, one after the other, only when `candidates` don't fill the list. Their scores measure something
 * else: they are put below those of the candidates, and in an answer scores never rise.
 */
export function choose(
  candidates: Candidates,
  further: readonly Source[],
  choice: Choice,
): MaybePromise<readonly Chosen[]> {
  const { limit, diversity } = choice;
  if (diversity === 0) return choosePlain(candidates, further, choice);
  const wide = Math.max(limit, Math.min(limit * spreadFrom, spreadFromMax));
  return whenThere(choosePlain(candidates, further, { ...choice, limit: wide }), (chosen) =>
    spread(chosen, 1 - diversity).slice(0, limit),
  );
}

function choosePlain(
  candidates: Candidates,
  further: readonly Source[],
  choice: Choice,
): MaybePromise<readonly Chosen[]> {
  const choosing = new Choosing(choice);
  return whenThere(choosing.fillFrom(candidates), () =>
    choosing.isFull ? choosing.chosen : filledUp(choosing, further),
  );
}

async function filledUp(choosing: Choosing, further: readonly Source[]): Promise<readonly Chosen[]> {
  const { chosen, categoriesSeen } = choosing;
  const own = chosen.length;
  for (const source of further) if (!choosing.isFull) await choosing.fillFrom(await source(categoriesSeen));
  return own === 0 ? neverRising(chosen) : scaledBelow(chosen, own);
}

class Choosing {
  readonly chosen: Chosen[] = [];
  readonly categoriesSeen = new Set<string>();
  readonly #choice: Choice;
  readonly #seen = new Set<string>();

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  get isFull(): boolean {
    return this.chosen.length >= this.#choice.limit;
  }

  /** Reads only as many items as the list still needs, when most of them can be shown. */
  fillFrom(from: Candidates, start = 0): MaybePromise<void> {
    for (let at = start; at < from.length && !this.isFull && this.#seen.size < lookedAtMax;) {
      const some = from.slice(at, at + this.#readTogether());
      at += some.length;
      const fresh = some.filter(({ item_id }) => !this.#seen.has(item_id) && this.#seen.add(item_id));
      const items = this.#choice.reads.items(fresh.map(({ item_id }) => item_id));
      if (!(items instanceof Promise)) this.#lookAt(fresh, items);
      else {
        const next = at;
        return items.then((found) => {
          this.#lookAt(fresh, found);
          return this.fillFrom(from, next);
        });
      }
    }
  }

  #readTogether(): number {
    const { limit, isSelective } = this.#choice;
    return Math.max(limit - this.chosen.length, isSelective ? lookedAtTogether : 0);
  }

  #lookAt(candidates: readonly Candidate[], items: readonly (Item | undefined)[]): void {
    candidates.forEach((candidate, index) => this.#look(candidate, items[index]));
  }

  #look(candidate: Candidate, item: Item | undefined): void {
    const { isSelective, lets, nowMs } = this.#choice;
    if (isSelective) for (const name of item?.categories ?? []) this.#note(name);
    if (!this.isFull && isAvailable(item, nowMs) && lets(candidate.item_id, item))
      this.chosen.push({ ...candidate, item });
  }

  #note(category: string): void {
    if (this.categoriesSeen.size < categoriesSeenMax) this.categoriesSeen.add(category);
  }
}

/** One ranking follows on another, each with scores of its own. */
function neverRising(chosen: readonly Chosen[]): Chosen[] {
  let score = Infinity;
  return chosen.map((each) => ({ ...each, score: (score = Math.min(score, each.score)) }));
}

/** From place `own` on only the order means something: a half, a third, a quarter … of the last score before. */
function scaledBelow(chosen: readonly Chosen[], own: number): Chosen[] {
  const last = Math.max(0, chosen[own - 1]?.score ?? 0);
  return chosen.map((each, place) => (place < own ? each : { ...each, score: last / (place - own + 2) }));
}

/** By the most specific category, as the lists themselves are spread. */
function spread(chosen: readonly Chosen[], keep: number): Chosen[] {
  const numbers = new Map<string, number>();
  const categories = chosen.map(({ item }) => {
    const name = item?.categories.at(-1);
    if (name === undefined) return NO_CATEGORY;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  const scores = chosen.map(({ score }) => Math.max(0, score));
  const { order, scores: counted } = spreadCategories(scores, categories, keep);
  return order.flatMap((place) => {
    const each = chosen[place];
    return each === undefined ? [] : [{ ...each, score: counted[place] ?? 0 }];
  });
}

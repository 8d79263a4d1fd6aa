// Takes the best candidates that may be shown, each item once, with what the catalogue says of it.
import { NO_CATEGORY, spreadCategories } from '../../models/diversity.ts';
import type { Item } from '../../schemas/types.ts';
import { isAvailable } from '../catalogue/available.ts';
import type { Caps } from '../rules/arrangement.ts';
import type { Filter } from '../rules/rule-book.ts';
import type { ServingReads } from '../serving-reads.ts';
import type { Candidate } from './candidates.ts';

export interface Chosen extends Candidate {
  readonly item: Item | undefined;
}

/** Further candidates. It is told the categories of all items that were looked at so far, if `isSelective`. */
export type Source = (categoriesSeen: ReadonlySet<string>) => Promise<readonly Candidate[]>;

export interface Choice {
  readonly limit: number;
  readonly lets: Filter;
  /** How many of a kind there may be; counts those that are chosen. Left out: any number. */
  readonly caps?: Caps;
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
export async function choose(
  candidates: readonly Candidate[],
  further: readonly Source[],
  choice: Choice,
): Promise<readonly Chosen[]> {
  const { limit, diversity } = choice;
  if (diversity === 0) return choosePlain(candidates, further, choice);
  const wide = Math.max(limit, Math.min(limit * spreadFrom, spreadFromMax));
  return spread(await choosePlain(candidates, further, { ...choice, limit: wide }), 1 - diversity).slice(0, limit);
}

async function choosePlain(
  candidates: readonly Candidate[],
  further: readonly Source[],
  { limit, lets, caps, isSelective, reads, nowMs }: Choice,
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  const seen = new Set<string>();
  const categoriesSeen = new Set<string>();
  await fill(candidates);
  if (chosen.length === limit) return chosen;
  const own = chosen.length;
  for (const source of further) if (chosen.length < limit) await fill(await source(categoriesSeen));
  return own === 0 ? neverRising(chosen) : scaledBelow(chosen, own);

  /** Reads only as many items as the list still needs, when most of them can be shown. */
  async function fill(from: readonly Candidate[]): Promise<void> {
    for (let start = 0; start < from.length && chosen.length < limit && seen.size < lookedAtMax;) {
      const some = from.slice(start, start + Math.max(limit - chosen.length, isSelective ? lookedAtTogether : 0));
      start += some.length;
      const fresh = some.filter(({ item_id }) => !seen.has(item_id) && seen.add(item_id));
      const items = await reads.items(fresh.map(({ item_id }) => item_id));
      fresh.forEach((candidate, index) => look(candidate, items[index]));
    }
  }

  function look(candidate: Candidate, item: Item | undefined): void {
    if (isSelective) for (const name of item?.categories ?? []) note(name);
    if (
      chosen.length < limit &&
      isAvailable(item, nowMs) &&
      lets(candidate.item_id, item) &&
      caps?.admits(item) !== false
    )
      chosen.push({ ...candidate, item });
  }

  function note(category: string): void {
    if (categoriesSeen.size < categoriesSeenMax) categoriesSeen.add(category);
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

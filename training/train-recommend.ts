// Trains the batch model for recommendations: tries each way of learning tastes on a split of the history, makes the best of all of it, and
// says whether it may take the champion's place.
import { BatchModel, type BatchModelParts } from '../models/batch-model.ts';
import { InteractionMatrix } from '../models/interaction-matrix.ts';
import type { ItemRows } from '../models/item-rows.ts';
import type { Item } from '../schemas/types.ts';
import { contentRows } from './content-rows.ts';
import { learnContexts } from './contexts.ts';
import { TrainingRefused } from './errors.ts';
import type { History } from './history.ts';
import { measure, measurePopular, type Quality } from './measure.ts';
import { recipes, type Recipe } from './recipes.ts';
import { learnRepeats } from './repeats.ts';
import { hadBefore, splitInTime, type Split } from './split.ts';

export interface TrainingOptions {
  /** Names the model. */
  readonly versionFor: (algorithm: string) => string;
  /** Ways of learning that may be chosen. Empty: all that the catalogue's size allows. */
  readonly algorithms: readonly string[];
  /** Promote it, whatever it was measured. */
  readonly force: boolean;
  readonly champion: Champion | null;
  readonly onStep: (what: string) => void;
}

export interface Champion {
  readonly model: BatchModel;
  /** It knows what happened up to then. */
  readonly untilMs: number;
}

export interface Trained {
  readonly model: BatchModel;
  readonly parameters: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly isPromoted: boolean;
  /** Why it is promoted, or not. */
  readonly because: string;
  readonly customers: number;
}

/** With fewer customers there is nobody whose tastes could be others' too. */
const CUSTOMERS_MIN = 10;
/** Fewer cases don't tell two models apart. */
const CASES_MIN = 50;
const NO_ROWS: ItemRows = { start: new Int32Array(1), to: new Int32Array(0), weight: new Float32Array(0) };

/** @throws TrainingRefused when there is too little to learn from. */
export function trainRecommend(
  history: History,
  described: ReadonlyMap<string, Item>,
  options: TrainingOptions,
): Trained {
  const numbering = numberItems(history, described);
  const customers = history.customers.filter((customer) => hadBefore(customer, Infinity).length > 1).length;
  if (customers < CUSTOMERS_MIN)
    throw new TrainingRefused(
      `Only ${customers} customers have had more than one item; training needs ${CUSTOMERS_MIN}.`,
    );
  if (numbering.learnt < 2)
    throw new TrainingRefused('No two items were each had by two customers: there is nothing to learn of tastes yet.');
  const split = splitInTime(history, options.champion?.untilMs ?? -Infinity);
  const best = chooseBest(history, numbering, split, options);
  options.onStep(`learning ${best.recipe.algorithm} from all of the history`);
  const model = build(history, numbering, Infinity, best, options.versionFor(best.recipe.algorithm), {
    content: contentRows(numbering.ids, described),
    repeats: learnRepeats(history, (itemId) => described.get(itemId)?.categories ?? []),
    contexts: learnContexts(history, (itemId) => described.get(itemId)?.categories[0]),
  });
  const champion = options.champion && measure(options.champion.model, split.cases, history.items);
  const popular = measurePopular(history, split);
  return {
    model,
    parameters: best.parameters,
    customers,
    metrics: {
      cases: split.cases.length,
      'ndcg@20': best.quality.ndcg,
      'hit_rate@20': best.quality.hitRate,
      'popular_ndcg@20': popular.ndcg,
      ...(champion !== null && { 'champion_ndcg@20': champion.ndcg }),
    },
    ...judge(best.quality, champion, popular, split.cases.length, options.force),
  };
}

interface Numbering {
  /** Those of which tastes are learnt first, then the others that the shop describes. */
  readonly ids: readonly string[];
  readonly learnt: number;
  /** By the history's number; −1: none. */
  readonly ofHistory: Int32Array;
}

interface Choice {
  readonly recipe: Recipe;
  readonly parameters: Readonly<Record<string, number>>;
  readonly quality: Quality;
}

/** Tastes are learnt of items that two customers had: nothing follows from what one had alone. */
function numberItems({ items, customers }: History, described: ReadonlyMap<string, Item>): Numbering {
  const holders = new Int32Array(items.length);
  for (const customer of customers)
    for (const item of hadBefore(customer, Infinity)) holders[item] = (holders[item] as number) + 1;
  const ofHistory = new Int32Array(items.length).fill(-1);
  const ids: string[] = [];
  holders.forEach((count, item) => {
    if (count >= 2) ofHistory[item] = ids.push(items[item] as string) - 1;
  });
  const learnt = ids.length;
  const known = new Set(ids);
  for (const id of [...described.keys()].sort()) if (!known.has(id)) ids.push(id);
  return { ids, learnt, ofHistory };
}

function chooseBest(history: History, numbering: Numbering, split: Split, options: TrainingOptions): Choice {
  const allowed = recipes.filter(
    ({ algorithm, itemsMax }) =>
      numbering.learnt <= itemsMax && (options.algorithms.length === 0 || options.algorithms.includes(algorithm)),
  );
  const choices = allowed.flatMap((recipe) =>
    recipe.choices(history.interactions).map((parameters) => ({ recipe, parameters })),
  );
  const tried = choices.map(({ recipe, parameters }) => {
    const choice = { recipe, parameters, quality: { ndcg: 0, hitRate: 0 } };
    const model = build(history, numbering, split.atMs, choice, 'tried', {
      content: NO_ROWS,
      repeats: {},
      contexts: {},
    });
    const quality = measure(model, split.cases, history.items);
    options.onStep(`${recipe.algorithm} ${shown(parameters)}: NDCG@20 ${quality.ndcg.toFixed(4)}`);
    return { ...choice, quality };
  });
  const [first] = tried;
  if (first === undefined)
    throw new TrainingRefused(
      `None of ${options.algorithms.join(', ')} takes ${numbering.learnt} items with ${history.interactions} interactions.`,
    );
  return tried.reduce((best, one) => (one.quality.ndcg > best.quality.ndcg ? one : best), first);
}

function build(
  history: History,
  { ids, learnt, ofHistory }: Numbering,
  untilMs: number,
  { recipe, parameters }: Choice,
  version: string,
  rest: Pick<BatchModelParts, 'content' | 'repeats' | 'contexts'>,
): BatchModel {
  const histories = history.customers.map((customer) =>
    hadBefore(customer, untilMs)
      .map((item) => ofHistory[item] as number)
      .filter((number) => number >= 0),
  );
  const { rows, factors } = recipe.learn(new InteractionMatrix(histories, learnt), parameters);
  return new BatchModel({
    version,
    algorithm: recipe.algorithm,
    items: ids,
    tastes: padded(rows, ids.length),
    content: padded(rest.content, ids.length),
    factors: factors && { ...factors, items: paddedFactors(factors.items, ids.length * factors.count) },
    repeats: rest.repeats,
    contexts: rest.contexts,
    weights: null,
  });
}

/** Items that tastes are not learnt of have empty rows … */
function padded(rows: ItemRows, items: number): ItemRows {
  const start = new Int32Array(items + 1).fill(rows.to.length);
  start.set(rows.start);
  return { ...rows, start };
}

/** … and no factors. */
function paddedFactors(factors: Float32Array, length: number): Float32Array {
  const all = new Float32Array(length);
  all.set(factors);
  return all;
}

function judge(own: Quality, champion: Quality | null, popular: Quality, cases: number, isForced: boolean) {
  const verdict = judgeFairly(own, champion, popular, cases);
  return isForced && !verdict.isPromoted
    ? { isPromoted: true, because: `forced, although ${verdict.because}` }
    : verdict;
}

/** Of two that are as good the new one is promoted: it knows what happened since. */
function judgeFairly(own: Quality, champion: Quality | null, popular: Quality, cases: number) {
  const numbers = (other: Quality) => `NDCG@20 ${own.ndcg.toFixed(4)} against ${other.ndcg.toFixed(4)}`;
  if (cases < CASES_MIN && champion !== null)
    return { isPromoted: false, because: `only ${cases} customers had something new since the champion was trained` };
  if (cases >= CASES_MIN && own.ndcg < popular.ndcg)
    return { isPromoted: false, because: `what is popular does better: ${numbers(popular)}` };
  if (champion === null) return { isPromoted: true, because: 'there is no champion yet' };
  return own.ndcg < champion.ndcg
    ? { isPromoted: false, because: `the champion does better: ${numbers(champion)}` }
    : { isPromoted: true, because: `the champion does no better: ${numbers(champion)}` };
}

function shown(parameters: Readonly<Record<string, number>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

// What to offer one customer: candidates from everything that is known, blended, filtered and spread over categories.
import type { BatchModel } from '../../models/batch-model.ts';
import { Blend, NO_ANCHOR } from '../../models/blend.ts';
import { circumstancesOf, type Circumstances } from '../../models/context-lifts.ts';
import type { ContentIndex } from '../../models/content-index.ts';
import { spreadCategories } from '../../models/diversity.ts';
import type { ItemIndex } from '../../models/item-index.ts';
import { placeScore } from '../../models/popularity.ts';
import type { SessionIndex } from '../../models/session-index.ts';
import type { Affinity, Because, ListedItem, Profile, RecommendedItem } from '../../schemas/types.ts';
import type { Rankings } from '../lookups/rankings.ts';
import { AlikeItems } from './alike-items.ts';
import { Exploration, type ExplorationSurroundings } from './exploration.ts';
import { KnownIds } from './known-ids.ts';
import { ModelIds } from './model-ids.ts';
import { becauseOf, OwnItems } from './own-items.ts';
import { ALGORITHMS, type Algorithm, type RecommendSettings } from './settings.ts';

export interface Knowledge {
  readonly items: ItemIndex;
  readonly sessions: SessionIndex;
  readonly rankings: Rankings;
  readonly settings: RecommendSettings;
  readonly content: ContentIndex;
  /** What was trained; null as long as nothing was. */
  readonly model: BatchModel | null;
  /** Uniform in [0, 1), and the same in every replay. */
  readonly random: () => number;
}

export interface Scored {
  readonly because: Because[];
  readonly items: RecommendedItem[];
}

/** How much each source may bring, so that one customer's scoring is bounded. */
const limits = {
  sessionMatches: 60,
  interests: 12,
  neighboursPerInterest: 20,
  wishes: 8,
  /** Own items that similar descriptions are looked for. */
  described: 3,
  categories: 3,
  perCategory: 20,
  popular: 40,
  /** Items of the catalogue looked at when lists and neighbours don't fill the list. */
  anyItems: 2000,
  /** Candidates that are spread over categories, per item wanted. */
  poolPerItem: 2,
} as const;

/** `popular` counts by place in these lists, as they are found. */
function listsFor(segment: string, channel: string | null, location: string | null): string[] {
  const lists = ['popular', 'trending', `popular:segment:${segment}`];
  if (channel !== null) lists.push(`popular:channel:${channel}`);
  if (location !== null) lists.push(`popular:location:${location}`);
  return lists;
}

/** What an item of which nothing speaks but that it exists counts, against a most popular one. */
const EXISTS_SCORE = 1e-6;

const EVEN_WEIGHTS = ALGORITHMS.map(() => 1);

const source = Object.fromEntries(ALGORITHMS.map((name, number) => [name, number])) as Record<Algorithm, number>;

/** Scores customers one after the other in the same scratch memory; keeps nothing of one for the next. */
export class Scorer {
  readonly #blend = new Blend({ sources: ALGORITHMS.length });
  readonly #knownIds = new KnownIds();
  readonly #modelIds = new ModelIds();
  readonly #alikeItems = new AlikeItems();
  #items!: ItemIndex;
  #own!: OwnItems;

  /**
   * Best first; scores are finite, not negative and never rise. Only available items, each once. Reasons are interactions that the profile
   * holds. Empty only when the catalogue has no available item that the rules let through.
   */
  score(profile: Profile, segment: string, knowledge: Knowledge, nowMs: number): Scored {
    const { items, settings } = knowledge;
    this.#items = items;
    this.#own = new OwnItems(profile, { items, settings, model: knowledge.model }, nowMs);
    const isOffered = offeredUnder(items, settings, nowMs);
    this.#blend.begin(items.end, isOffered);
    for (const { id, factor } of this.#own.all) if (id >= 0 && factor === 0) this.#blend.refuse(id);
    // What weighs nothing is not computed either.
    const { weights } = settings;
    if (weights.session_knn > 0) this.#addSessionMatches(profile, knowledge.sessions);
    if (weights.co_visitation > 0) this.#addNeighbours();
    if (weights.bought_together > 0) this.#addComplements();
    if (weights.tastes > 0) this.#addTastes(knowledge.model);
    if (weights.content > 0) this.#addAlike(knowledge);
    if (weights.repeat > 0) this.#addRepeats();
    if (weights.affinity > 0) this.#addAffinities(profile.categories, knowledge.rankings);
    this.#addPopular(profile, segment, knowledge.rankings);
    if (this.#blend.count < settings.listItems) this.#addAnything();
    for (const { id, factor } of this.#own.all) if (id >= 0 && factor < 1) this.#blend.scale(id, factor);
    this.#weighByContext(knowledge.model, {
      timeMs: nowMs,
      channel: profile.session?.channel ?? null,
      location: profile.location,
    });
    if (this.#blend.count === 0) {
      // All there is the customer has had: better that again than nothing.
      this.#blend.begin(items.end, isOffered);
      this.#addPopular(profile, segment, knowledge.rankings);
      this.#addAnything();
    }
    const { random } = knowledge;
    const mayOffer = (id: number) => isOffered(id) && this.#own.placeOf(items.nameOf(id)) < 0;
    return this.#list(settings, { items, mayOffer, share: settings.explorationShare, random });
  }

  #addSessionMatches({ session }: Profile, sessions: SessionIndex): void {
    if (session === null) return;
    this.#knownIds.follow(sessions, this.#items);
    const matches = sessions.query(session.items, limits.sessionMatches, session.session_key);
    const anchors = matches.window.map((itemId) => this.#own.placeOf(itemId));
    const stride = sessions.options.windowItems;
    for (let rank = 0; rank < matches.count; rank += 1) {
      const id = this.#knownIds.inCatalogue(matches, rank);
      if (id < 0) continue;
      const score = matches.scores[rank] as number;
      for (let place = 0; place < anchors.length; place += 1) {
        const share = matches.shares[rank * stride + place] as number;
        this.#blend.add(id, source.session_knn, score * share, anchors[place]);
      }
    }
  }

  #addNeighbours(): void {
    let looked = 0;
    for (const [anchor, { id, interest }] of this.#own.all.entries()) {
      if (looked === limits.interests) return;
      if (id < 0 || !(interest > 0)) continue;
      looked += 1;
      const end = Math.min(this.#items.neighbourCount(id), limits.neighboursPerInterest);
      for (let place = 0; place < end; place += 1) {
        const score = interest * this.#items.neighbourScoreAt(id, place);
        this.#blend.add(this.#items.neighbourAt(id, place), source.co_visitation, score, anchor);
      }
    }
  }

  #addComplements(): void {
    let looked = 0;
    for (const [anchor, { id, wish }] of this.#own.all.entries()) {
      if (looked === limits.wishes) return;
      if (id < 0 || !(wish > 0)) continue;
      looked += 1;
      for (let place = 0; place < this.#items.complementCount(id); place += 1) {
        const added = this.#items.complementScoreAt(id, place);
        if (added > 0)
          this.#blend.add(this.#items.complementAt(id, place), source.bought_together, wish * added, anchor);
      }
    }
  }

  #addTastes(model: BatchModel | null): void {
    if (model === null) return;
    this.#modelIds.follow(model, this.#items);
    const history: number[] = [];
    const anchors: number[] = [];
    for (const [anchor, { itemId, interest, wish }] of this.#own.all.entries()) {
      const number = interest > 0 || wish > 0 ? model.numberOf(itemId) : -1;
      if (number < 0) continue;
      history.push(number);
      anchors.push(anchor);
    }
    model.suggest(history, (item, score, place) => {
      const id = this.#modelIds.inCatalogue(item);
      if (id >= 0) this.#blend.add(id, source.tastes, score, anchors[place]);
    });
  }

  /** What is described like the latest items: as trained, and of items that came since as the catalogue has them now. */
  #addAlike({ content, model }: Knowledge): void {
    this.#alikeItems.follow(content, model);
    let looked = 0;
    for (const [anchor, { itemId, interest }] of this.#own.all.entries()) {
      if (looked === limits.described) return;
      if (!(interest > 0)) continue;
      looked += 1;
      const add = (id: number, score: number) => {
        if (id >= 0) this.#blend.add(id, source.content, interest * score, anchor);
      };
      const number = model?.numberOf(itemId) ?? -1;
      if (number >= 0) model?.alike(number, (item, score) => add(this.#modelIds.inCatalogue(item), score));
      for (const alike of this.#alikeItems.of(itemId)) add(this.#items.idOf(alike.itemId), alike.score);
    }
  }

  #addRepeats(): void {
    for (const [anchor, { id, due }] of this.#own.all.entries())
      if (id >= 0 && due > 0) this.#blend.add(id, source.repeat, due, anchor);
  }

  /** What is sought at this hour, on this day and through this channel comes a little further up, the rest down. */
  #weighByContext(model: BatchModel | null, moment: Circumstances): void {
    if (model === null) return;
    const circumstances = circumstancesOf(moment);
    const lifts = new Map<number, number>();
    this.#blend.reweigh((id) => {
      const category = this.#items.generalCategoryOf(id);
      if (category < 0) return 1;
      let lift = lifts.get(category);
      if (lift === undefined) {
        // Its root: tastes and the last clicks follow the moment already, in part.
        lift = Math.sqrt(model.liftOf(this.#items.nameOfNumber(category), circumstances));
        lifts.set(category, lift);
      }
      return lift;
    });
  }

  #addAffinities(affinities: readonly Affinity[], rankings: Rankings): void {
    const strongest = affinities
      .filter(({ heat }) => heat > -Infinity && heat < Infinity)
      .toSorted((one, other) => other.heat - one.heat || (one.name < other.name ? -1 : 1))
      .slice(0, limits.categories);
    const most = strongest[0]?.heat ?? 0;
    for (const { name, heat } of strongest) {
      const list = rankings.get(`popular:category:${name}`);
      if (list === undefined) continue;
      const share = Math.exp(heat - most); // heats of one half-life: their ratio, whatever the time
      const anchor = this.#latestIn(this.#items.numberOf(name));
      this.#addList(list, limits.perCategory, source.affinity, share, anchor);
    }
  }

  #addList(list: readonly ListedItem[], most: number, from: number, share: number, anchor: number): void {
    const ids = this.#knownIds.ofList(list, this.#items);
    const end = Math.min(ids.length, most);
    for (let place = 0; place < end; place += 1)
      this.#blend.add(ids[place] as number, from, share * placeScore(place), anchor);
  }

  /** The customer's latest own item of the category. */
  #latestIn(category: number): number {
    if (category < 0) return -1;
    return this.#own.all.findIndex(({ id, interest }) => id >= 0 && interest > 0 && this.#items.isIn(id, category));
  }

  #addPopular({ session, location }: Profile, segment: string, rankings: Rankings): void {
    for (const name of listsFor(segment, session?.channel ?? null, location)) {
      const list = rankings.get(name);
      if (list !== undefined) this.#addList(list, limits.popular, source.popular, 1, NO_ANCHOR);
    }
  }

  #addAnything(): void {
    const end = Math.min(this.#items.end, limits.anyItems);
    for (let id = 0; id < end; id += 1) this.#blend.add(id, source.popular, EXISTS_SCORE);
  }

  #list(settings: RecommendSettings, surroundings: ExplorationSurroundings): Scored {
    const blend = this.#blend;
    const most = limits.poolPerItem * settings.listItems;
    let pool = blend.rank(most, weightsOf(settings));
    // Weights that leave nothing are put aside, for the same reason.
    if (pool.length === 0) pool = blend.rank(most, EVEN_WEIGHTS);
    const scores: number[] = [];
    const categories: number[] = [];
    for (const candidate of pool) {
      scores.push(blend.scoreOf(candidate));
      categories.push(this.#items.categoryOf(blend.idOf(candidate)));
    }
    const spread = spreadCategories(scores, categories, settings.categoryKeep);
    const reasons = new Reasons(this.#own);
    const exploration = new Exploration(surroundings, () => pool.values().map((candidate) => blend.idOf(candidate)));
    const listed = new Set<number>();
    const list = (id: number, rest: Omit<RecommendedItem, 'item_id'>) => {
      listed.add(id);
      exploration.listed(id);
      items.push({ item_id: this.#items.nameOf(id), ...rest });
    };
    const items: RecommendedItem[] = [];
    for (let next = 0; next < spread.order.length && items.length < settings.listItems;) {
      const place = spread.order[next] as number;
      const candidate = pool[place] as number;
      const id = blend.idOf(candidate);
      const score = spread.scores[place] as number;
      const { explored, otherwise } = listed.has(id) ? USUAL : exploration.at(items.length, id);
      if (explored !== undefined) {
        list(explored.id, { score, algorithm: 'exploration', because: [], propensity: explored.propensity });
        continue; // what would have been here comes next
      }
      next += 1;
      if (listed.has(id)) continue;
      const algorithm = ALGORITHMS[blend.sourceOf(candidate)] as Algorithm;
      const because = blend.anchorsOf(candidate).map((anchor) => reasons.numberOf(anchor));
      list(id, { score, algorithm, because, propensity: otherwise });
    }
    return { because: reasons.all, items };
  }
}

/** What is there already takes no place. */
const USUAL = { explored: undefined, otherwise: 1 };

function weightsOf({ weights }: RecommendSettings): number[] {
  return ALGORITHMS.map((name) => weights[name]);
}

/** The interactions named by a list, each once, numbered as they come up. */
class Reasons {
  readonly all: Because[] = [];
  readonly #own: OwnItems;
  readonly #numbers = new Map<number, number>();

  constructor(own: OwnItems) {
    this.#own = own;
  }

  numberOf(anchor: number): number {
    const known = this.#numbers.get(anchor);
    if (known !== undefined) return known;
    const item = this.#own.all[anchor];
    if (item === undefined) throw new RangeError(`no own item has the place ${anchor}`);
    this.#numbers.set(anchor, this.all.length);
    return this.all.push(becauseOf(item)) - 1;
  }
}

/** Whether an item may be offered to anybody. As long as the shop describes no item at all, all that customers visit are offered. */
function offeredUnder(items: ItemIndex, settings: RecommendSettings, nowMs: number): (id: number) => boolean {
  const { itemsOut, categoriesOut, brandsOut } = settings;
  const isAvailable =
    items.described === 0 ? (id: number) => items.isUsed(id) : (id: number) => items.isAvailable(id, nowMs);
  if (itemsOut.size === 0 && categoriesOut.length === 0 && brandsOut.length === 0) return isAvailable;
  const categories = categoriesOut.map((name) => items.numberOf(name)).filter((category) => category >= 0);
  const brands = brandsOut.map((name) => items.numberOf(name)).filter((brand) => brand >= 0);
  return (id) =>
    isAvailable(id) &&
    !itemsOut.has(items.nameOf(id)) &&
    !brands.includes(items.brandOf(id)) &&
    !categories.some((category) => items.isIn(id, category));
}

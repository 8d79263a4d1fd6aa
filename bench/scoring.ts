// Scoring one customer with 10 thousand, 100 thousand and a million items, and a million sessions in the index: sessions that come in, queries,
// whole lists, and what each source of a list costs of them. All in one thread and without a log: what the models themselves cost.
import { BatchModel } from '../models/batch-model.ts';
import { ContentIndex } from '../models/content-index.ts';
import { ItemIndex } from '../models/item-index.ts';
import { SessionIndex } from '../models/session-index.ts';
import { emptyProfile } from '../processors/profile/empty-profile.ts';
import { Scorer } from '../processors/recommend/scorer.ts';
import { ALGORITHMS, DEFAULT_SETTINGS } from '../processors/recommend/settings.ts';
import type { Profile } from '../schemas/types.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';

const NEIGHBOURS = 30;
const CUSTOMERS = 1_000;
const FACTORS = 64;
const ROUNDS = 8;
/** Enough for a mean. */
const ROUNDS_FOR_SOURCES = 3;
const RECENT = 30;
const CATEGORIES = 200;
const NOW_MS = Date.UTC(2026, 0, 1);

/** Of the catalogue, unless it is said. */
const ITEMS = [10_000, 100_000, 1_000_000];
const GOAL_P99_US = 2_000;

export async function run({ sessions = 1_000_000, items }: BenchOptions = {}): Promise<Figures> {
  const bySize = (items === undefined ? ITEMS : [items]).map((count) => measure(count, sessions));
  return { goal_score_us_p99: GOAL_P99_US, figures: bySize };
}

function measure(count: number, sessions: number): Figures {
  const random = randomFrom(42);
  const index = new SessionIndex({ sessionsMax: sessions });
  const items = shopItems(count, random);
  const shop = Array.from({ length: 100_000 }, () => session(count, random));
  // The index is full before the clock starts, so that every new session also drives one out.
  for (let at = 0; at < sessions; at += 1)
    index.upsert(`c${at}~0`, shop[at % shop.length] as string[], NOW_MS - sessions + at);
  const upserts = 300_000;
  const cpuBefore = process.cpuUsage();
  const before = process.hrtime.bigint();
  for (let at = 0; at < upserts; at += 1)
    index.upsert(`d${at}~0`, shop[(at * 7) % shop.length] as string[], NOW_MS + at);
  const upsertSeconds = Number(process.hrtime.bigint() - before) / 1e9;
  const upsertCpu = process.cpuUsage(cpuBefore);

  const rankings = rankingsOf(count, random);
  const customers = Array.from({ length: CUSTOMERS }, (_, at) => customer(at, count, random));
  const scorer = new Scorer();
  const knowledge = { items, sessions: index, rankings, settings: DEFAULT_SETTINGS, content: new ContentIndex(), model: null, random }; // prettier-ignore
  const query = microseconds(customers, ({ session: current }) =>
    index.query(current?.items ?? [], 80, current?.session_key),
  );
  const score = microseconds(customers, (profile) => scorer.score(profile, 'VIP', knowledge, NOW_MS));
  const trained = { ...knowledge, model: trainedModel(count, random), content: describedShop(count) };
  const scoreTrained = microseconds(customers, (profile) => scorer.score(profile, 'VIP', trained, NOW_MS));
  const without = ALGORITHMS.filter((name) => name !== 'popular').map((name) => {
    const settings = { ...DEFAULT_SETTINGS, weights: { ...DEFAULT_SETTINGS.weights, [name]: 0 } };
    const { cpu_mean: cpu } = microseconds(customers, (profile) => scorer.score(profile, 'VIP', { ...trained, settings }, NOW_MS), ROUNDS_FOR_SOURCES); // prettier-ignore
    return [name, (scoreTrained.cpu_mean ?? 0) - (cpu ?? 0)] as const;
  });
  const figures = {
    sessions: index.sessions,
    items: items.described,
    session_index_mb: Math.round(index.bytes / 1e6),
    bytes_per_session: Math.round(index.bytes / index.sessions),
    bytes_per_item: Math.round(items.bytes / items.described),
    upserts_per_second: Math.round(upserts / upsertSeconds),
    upsert_cpu_us: Math.round(((upsertCpu.user + upsertCpu.system) / upserts) * 10) / 10,
    query_us: query,
    score_us: score,
    score_with_trained_model_us: scoreTrained,
    /** What a list costs less without it. */
    cpu_us_of_source: Object.fromEntries(without),
  };
  console.dir(figures, { depth: null });
  return figures;
}

function microseconds(
  customers: readonly Profile[],
  work: (profile: Profile) => unknown,
  rounds = ROUNDS,
): Record<string, number> {
  for (const profile of customers) work(profile); // until compiled
  const taken: number[] = [];
  const cpuBefore = process.threadCpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    for (const profile of customers) {
      const before = process.hrtime.bigint();
      work(profile);
      taken.push(Number(process.hrtime.bigint() - before) / 1e3);
    }
  }
  const { user, system } = process.threadCpuUsage(cpuBefore);
  taken.sort((a, b) => a - b);
  const at = (quantile: number) => Math.round(taken[Math.floor(taken.length * quantile)] ?? 0);
  // Beside the wall clock, since a busy machine lengthens only that. A mean, as many kernels count by their ticks.
  const cpuMean = Math.round((user + system) / taken.length);
  return { cpu_mean: cpuMean, p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999) };
}

/** Items are visited with a long tail, and those of one session are mostly from one corner of the shop. */
function session(count: number, random: () => number): string[] {
  const corner = popularItem(count, random);
  const length = 1 + Math.min(40, Math.floor(-Math.log(1 - random()) * 3));
  return Array.from(
    { length },
    () => `item-${random() < 0.8 ? (corner + Math.floor(random() ** 2 * 60)) % count : popularItem(count, random)}`,
  );
}

/** The most popular has about one visit in 300. */
function popularItem(count: number, random: () => number): number {
  return Math.floor(count * random() ** 2);
}

function shopItems(count: number, random: () => number): ItemIndex {
  const items = new ItemIndex();
  for (let at = 0; at < count; at += 1) {
    const category = Math.floor((at * CATEGORIES) / count);
    const categories = [`top-${category % 10}`, `category-${category}`];
    const always = { in_stock: at % 50 !== 0, hidden: false, published_at: null, expires_at: null };
    items.describe(`item-${at}`, { ...always, categories, brand: `brand-${at % 500}`, price: 10 + (at % 90) });
  }
  for (let at = 0; at < count; at += 1) {
    const near = () => `item-${(at + 1 + Math.floor(random() * 100)) % count}`;
    items.observe(`item-${at}`, {
      day_heat: random(),
      neighbours: Array.from({ length: NEIGHBOURS }, (_, place) => ({ item_id: near(), score: 1 / (1 + place) })),
      baskets: 100,
      baskets_opened: 50,
      bought_together: Array.from({ length: 10 }, (_, place) => ({
        item_id: near(),
        count: Math.ceil(50 / (1 + place)),
      })),
    });
  }
  return items;
}

/** As ALS leaves it: factors for all items, neighbours as candidates. What the numbers are does not matter here. */
function trainedModel(count: number, random: () => number): BatchModel {
  const rows = (length: number) => ({
    start: Int32Array.from({ length: count + 1 }, (_, at) => at * length),
    to: Int32Array.from({ length: count * length }, (_, at) => (Math.floor(at / length) + 1 + Math.floor(random() * 100)) % count), // prettier-ignore
    weight: new Float32Array(count * length).fill(0.5),
  });
  const gram = Float64Array.from({ length: FACTORS ** 2 }, (_, cell) => (cell % (FACTORS + 1) === 0 ? 1 : 0));
  return new BatchModel({
    version: 'bench',
    algorithm: 'als',
    items: Array.from({ length: count }, (_, at) => `item-${at}`),
    tastes: rows(50),
    factors: {
      solving: 'least_squares',
      count: FACTORS,
      items: Float32Array.from({ length: count * FACTORS }, () => random() - 0.3),
      gram,
      lambda: 3,
      others: 0.1 * count,
      power: 0,
    },
    content: rows(20),
    repeats: Object.fromEntries(Array.from({ length: CATEGORIES }, (_, at) => [`category-${at}`, { share: (at % 10) / 20, days: 9 }])), // prettier-ignore
    contexts: { 'hour:0': { 'top-1': 1.5 }, 'weekday:4': { 'top-2': 0.7 } },
    weights: null,
  });
}

/** Titles of a few words out of some hundreds. */
function describedShop(count: number): ContentIndex {
  const content = new ContentIndex();
  for (let at = 0; at < count; at += 1) {
    const title = `word${at % 700} word${at % 411} word${at % 97}`;
    content.describe(`item-${at}`, { title, description: null, tags: [], categories: [`category-${at % CATEGORIES}`] });
  }
  return content;
}

function rankingsOf(count: number, random: () => number) {
  const names = [
    'popular',
    'trending',
    'popular:segment:VIP',
    ...Array.from({ length: CATEGORIES }, (_, at) => `popular:category:category-${at}`),
  ];
  const list = () =>
    Array.from({ length: 100 }, (_, place) => ({
      item_id: `item-${popularItem(count, random)}`,
      score: 1 / (1 + place),
    }));
  return new Map(names.map((name) => [name, list()]));
}

function customer(at: number, count: number, random: () => number): Profile {
  const current = [...new Set(session(count, random))];
  const past = Array.from({ length: RECENT }, () => session(count, random)[0] as string);
  const recent = [...past, ...current].map((item_id, place) => ({
    interaction_id: `e${at}-${place}`,
    item_id,
    event_type: place % 9 === 8 ? 'add_to_cart' : 'view',
    timestamp: NOW_MS - 3_600_000 * (RECENT + current.length - place),
    value: null,
  }));
  const bought = past
    .slice(0, 10)
    .map((item_id) => ({ item_id, times: 1, last_at: NOW_MS - 5e8, interaction_id: `b${at}-${item_id}` }));
  const categories = Array.from({ length: 10 }, () => ({
    name: `category-${Math.floor(random() * CATEGORIES)}`,
    heat: random(),
  }));
  const own = {
    session_key: `d${at}~0`,
    started_at: NOW_MS,
    last_at: NOW_MS,
    items: current,
    item_times: [],
    channel: null,
    events: current.length,
  };
  return { ...emptyProfile(`c${at}`), recent, bought, categories, session: own };
}

/** Numerical Recipes' linear congruence: enough to spread load, the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

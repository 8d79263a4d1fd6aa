// Scoring one customer with 100,000 items and a million sessions in the index: sessions that come in, queries, whole lists. All in
// one thread and without a log: what the models themselves cost.
import { ItemIndex } from '../models/item-index.ts';
import { SessionIndex } from '../models/session-index.ts';
import { emptyProfile } from '../processors/profile/empty-profile.ts';
import { Scorer } from '../processors/recommend/scorer.ts';
import { DEFAULT_SETTINGS } from '../processors/recommend/settings.ts';
import type { Profile } from '../schemas/types.ts';
import type { BenchOptions, Figures } from './lib/bench.ts';

const ITEMS = 100_000;
const NEIGHBOURS = 30;
const CUSTOMERS = 2_000;
const ROUNDS = 20;
const RECENT = 30;
const CATEGORIES = 200;
const NOW_MS = Date.UTC(2026, 0, 1);

export async function run({ sessions = 1_000_000 }: BenchOptions = {}): Promise<Figures> {
  const random = randomFrom(42);
  const index = new SessionIndex({ sessionsMax: sessions });
  const items = shopItems(random);
  const shop = Array.from({ length: 100_000 }, () => session(random));
  // The index is full before the clock starts, so that every new session also drives one out.
  for (let at = 0; at < sessions; at += 1)
    index.upsert(`c${at}~0`, shop[at % shop.length] as string[], NOW_MS - sessions + at);
  const upserts = 300_000;
  const before = process.hrtime.bigint();
  for (let at = 0; at < upserts; at += 1)
    index.upsert(`d${at}~0`, shop[(at * 7) % shop.length] as string[], NOW_MS + at);
  const upsertSeconds = Number(process.hrtime.bigint() - before) / 1e9;

  const rankings = rankingsOf(random);
  const customers = Array.from({ length: CUSTOMERS }, (_, at) => customer(at, random));
  const scorer = new Scorer();
  const knowledge = { items, sessions: index, rankings, settings: DEFAULT_SETTINGS };
  const query = microseconds(customers, ({ session: current }) =>
    index.query(current?.items ?? [], 80, current?.session_key),
  );
  const score = microseconds(customers, (profile) => scorer.score(profile, 'VIP', knowledge, NOW_MS));
  const figures = {
    sessions: index.sessions,
    items: items.described,
    session_index_mb: Math.round(index.bytes / 1e6),
    bytes_per_item: Math.round(items.bytes / items.described),
    upserts_per_second: Math.round(upserts / upsertSeconds),
    query_us: query,
    score_us: score,
  };
  console.log(figures);
  return figures;
}

function microseconds(customers: readonly Profile[], work: (profile: Profile) => unknown): Record<string, number> {
  for (const profile of customers) work(profile); // until compiled
  const taken: number[] = [];
  const cpuBefore = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const profile of customers) {
      const before = process.hrtime.bigint();
      work(profile);
      taken.push(Number(process.hrtime.bigint() - before) / 1e3);
    }
  }
  const cpu = process.cpuUsage(cpuBefore);
  taken.sort((a, b) => a - b);
  const at = (quantile: number) => Math.round(taken[Math.floor(taken.length * quantile)] ?? 0);
  // Beside the wall clock, since a busy machine lengthens only that.
  const cpuMean = Math.round((cpu.user + cpu.system) / taken.length);
  return { cpu_mean: cpuMean, p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999) };
}

/** Items are visited with a long tail, and those of one session are mostly from one corner of the shop. */
function session(random: () => number): string[] {
  const corner = popularItem(random);
  const length = 1 + Math.min(40, Math.floor(-Math.log(1 - random()) * 3));
  return Array.from(
    { length },
    () => `item-${random() < 0.8 ? (corner + Math.floor(random() ** 2 * 60)) % ITEMS : popularItem(random)}`,
  );
}

/** The most popular has about one visit in 300. */
function popularItem(random: () => number): number {
  return Math.floor(ITEMS * random() ** 2);
}

function shopItems(random: () => number): ItemIndex {
  const items = new ItemIndex();
  for (let at = 0; at < ITEMS; at += 1) {
    const category = Math.floor((at * CATEGORIES) / ITEMS);
    const categories = [`top-${category % 10}`, `category-${category}`];
    const always = { in_stock: at % 50 !== 0, hidden: false, published_at: null, expires_at: null };
    items.describe(`item-${at}`, { ...always, categories, brand: `brand-${at % 500}`, price: 10 + (at % 90) });
  }
  for (let at = 0; at < ITEMS; at += 1) {
    const near = () => `item-${(at + 1 + Math.floor(random() * 100)) % ITEMS}`;
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

function rankingsOf(random: () => number) {
  const names = [
    'popular',
    'trending',
    'popular:segment:VIP',
    ...Array.from({ length: CATEGORIES }, (_, at) => `popular:category:category-${at}`),
  ];
  const list = () =>
    Array.from({ length: 100 }, (_, place) => ({ item_id: `item-${popularItem(random)}`, score: 1 / (1 + place) }));
  return new Map(names.map((name) => [name, list()]));
}

function customer(at: number, random: () => number): Profile {
  const current = [...new Set(session(random))];
  const past = Array.from({ length: RECENT }, () => session(random)[0] as string);
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

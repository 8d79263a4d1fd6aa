// One profile of what a customer and the visitors who turned out to be this customer did.
//
// Each history is folded apart, in its own order, and joined anew whenever one of them changes. So it does not matter in which order
// they hear of each other, nothing counts twice, and a visitor can be taken out again as if it had never been in.
import { mergeHeats } from '../../models/decay.ts';
import type {
  Affinity,
  BoughtItem,
  CurrentSession,
  JoinedHistories,
  PriceTaste,
  Profile,
} from '../../schemas/types.ts';
import { countName } from '../profile/counting.ts';
import { emptyProfile } from '../profile/empty-profile.ts';
import { limits, SESSION_GAP_MS } from '../profile/limits.ts';

/** Shares nothing with the histories that is changed in place. What only folding needs is left out: nothing is folded into it. */
export function joinHistories({ customer_id, own, visitors }: JoinedHistories): Profile {
  const base = own ?? emptyProfile(customer_id);
  const all = [base, ...visitors.map(({ history }) => history)];
  const values = <T>(valueOf: (profile: Profile) => T | null) => all.map(valueOf).filter((value) => value !== null);
  return {
    ...base,
    language: values(({ language }) => language)[0] ?? null,
    first_seen: earliest(values(({ first_seen }) => first_seen)),
    last_activity: latest(values(({ last_activity }) => last_activity)),
    last_purchase: latest(values(({ last_purchase }) => last_purchase)),
    lifetime_value: sum(all.map(({ lifetime_value }) => lifetime_value)),
    orders: sum(all.map(({ orders }) => orders)),
    items_bought: sum(all.map(({ items_bought }) => items_bought)),
    sessions: sum(all.map(({ sessions }) => sessions)),
    counts: countsOf(
      all.map(({ counts }) => counts),
      limits.eventTypesMax,
    ),
    channels: countsOf(
      all.map(({ channels }) => channels),
      limits.channelsMax,
    ),
    recent: all
      .flatMap(({ recent }) => recent)
      .toSorted((a, b) => a.timestamp - b.timestamp || byText(a.interaction_id, b.interaction_id))
      .slice(-limits.recentMax),
    bought: boughtIn(all.flatMap(({ bought }) => bought)),
    categories: hottest(
      all.flatMap(({ categories }) => categories),
      limits.categoriesMax,
    ),
    brands: hottest(
      all.flatMap(({ brands }) => brands),
      limits.brandsMax,
    ),
    price_taste: values(({ price_taste }) => price_taste).reduce(withTaste, null),
    session: sessionOf(values(({ session }) => session)),
    basket: null,
    seen_ids: Buffer.alloc(0),
    seen_baskets: Buffer.alloc(0),
    anonymous_ids: visitors.map(({ anonymous_id }) => anonymous_id),
    quarantined_until: latest(values(({ quarantined_until }) => quarantined_until)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

function latest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function countsOf(all: readonly Record<string, number>[], namesMax: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of all) {
    for (const [name, count] of Object.entries(each)) countName(counts, name, namesMax, count);
  }
  return counts;
}

function boughtIn(all: readonly BoughtItem[]): BoughtItem[] {
  const byItem = new Map<string, BoughtItem>();
  for (const each of all.toSorted(byLastBought)) {
    byItem.set(each.item_id, { ...each, times: each.times + (byItem.get(each.item_id)?.times ?? 0) });
  }
  return [...byItem.values()].toSorted(byLastBought).slice(-limits.boughtItemsMax);
}

function byLastBought(a: BoughtItem, b: BoughtItem): number {
  return a.last_at - b.last_at || byText(a.interaction_id, b.interaction_id);
}

function hottest(all: readonly Affinity[], countMax: number): Affinity[] {
  const heats = new Map<string, number>();
  for (const { name, heat } of all) {
    const known = heats.get(name);
    heats.set(name, known === undefined ? heat : mergeHeats(known, heat));
  }
  const joined = [...heats].map(([name, heat]) => ({ name, heat }));
  return joined.length <= countMax ? joined : joined.toSorted((a, b) => b.heat - a.heat).slice(0, countMax);
}

/** Mean and variance of two groups together, by their weights (Chan, Golub and LeVeque 1979). */
function withTaste(a: PriceTaste | null, b: PriceTaste): PriceTaste {
  if (a === null) return b;
  const heat = mergeHeats(a.heat, b.heat);
  const [shareA, shareB] = [Math.exp(a.heat - heat), Math.exp(b.heat - heat)];
  const difference = b.mean - a.mean;
  return {
    heat,
    mean: a.mean + shareB * difference,
    variance: shareA * a.variance + shareB * b.variance + shareA * shareB * difference * difference,
  };
}

/** The latest session, with those that it follows without a gap: somebody who logs in goes on with what the visitor began. */
function sessionOf(all: readonly CurrentSession[]): CurrentSession | null {
  const [last, ...earlier] = all.toSorted((a, b) => b.last_at - a.last_at || byText(a.session_key, b.session_key));
  if (last === undefined) return null;
  return earlier.reduce(
    (joined, each) => (each.last_at + SESSION_GAP_MS < joined.started_at ? joined : withSession(joined, each)),
    { ...last, items: [...last.items], item_times: [...last.item_times] },
  );
}

function withSession(later: CurrentSession, earlier: CurrentSession): CurrentSession {
  const times = new Map<string, number>();
  for (const { items, item_times } of [later, earlier]) {
    items.forEach((item, place) => times.set(item, Math.max(times.get(item) ?? 0, item_times[place] ?? 0)));
  }
  const items = [...times].toSorted((a, b) => a[1] - b[1] || byText(a[0], b[0])).slice(-limits.sessionItemsMax);
  return {
    session_key: later.session_key,
    started_at: Math.min(later.started_at, earlier.started_at),
    last_at: later.last_at,
    items: items.map(([item]) => item),
    item_times: items.map(([, time]) => time),
    events: later.events + earlier.events,
    channel: later.channel,
  };
}

// The customers of the shop: who they are, and the tastes that nobody is told but that show in what they do.
import type { CustomerUpdate } from '../schemas/types.ts';
import { archetypes } from './archetypes.ts';
import { departments, lineIndex, lines } from './assortment/assortment.ts';
import { OPENED_MS, type Catalogue } from './catalogue.ts';
import { randomFor, type Random } from './random.ts';

const DAY_MS = 86_400_000;

/** What drives a customer. Hidden from the product, known to tests. */
export interface Taste {
  /** Index of the kind of person this customer mostly is. */
  readonly archetype: number;
  /** Share of each line of the assortment; sums to 1. */
  readonly lines: Float64Array;
  /** 0 buys the cheapest, 1 the dearest. */
  readonly priceLevel: number;
  /** The favourite brand of each department, by department name. */
  readonly brands: ReadonlyMap<string, string>;
  /** How much more probable the favourite brand is: 0 is indifferent. */
  readonly loyalty: number;
}

/** Something bought again whenever it has run out. */
export interface Habit {
  /** Index into the catalogue's items. */
  readonly item: number;
  readonly periodMs: number;
  /** A time at which it ran out. */
  readonly anchorMs: number;
}

export interface Customer {
  readonly update: CustomerUpdate;
  readonly taste: Taste;
  readonly habits: readonly Habit[];
  /** Visits relative to other customers. */
  readonly activity: number;
  readonly channel: string;
}

const SALT = 202;
const NO_CONSENT_SHARE = 0.03;
const UNKNOWN_SHARE = 0.12;
const REGULARS_SHARE = 0.15;

const places = [
  { location: 'Berlin', language: 'de' },
  { location: 'Hamburg', language: 'de' },
  { location: 'Vienna', language: 'de' },
  { location: 'London', language: 'en' },
  { location: 'Dublin', language: 'en' },
  { location: 'Paris', language: 'fr' },
  { location: 'Lyon', language: 'fr' },
  { location: 'Madrid', language: 'es' },
  { location: 'Amsterdam', language: 'nl' },
  { location: 'Milan', language: 'it' },
];

export function createClientele(seed: number, count: number, catalogue: Catalogue): Customer[] {
  return Array.from({ length: count }, (_, index) => createCustomer(seed, index, catalogue));
}

function createCustomer(seed: number, index: number, catalogue: Catalogue): Customer {
  const random = randomFor(seed, SALT, index);
  const taste = createTaste(random);
  const update = createUpdate(index, taste, random);
  const regular = random.chance(REGULARS_SHARE);
  return {
    update,
    taste,
    habits: regular ? createHabits(taste, catalogue, random) : [],
    activity: Math.exp(random.normal() * 0.9),
    channel: random.pick(['web', 'web', 'app', 'app', 'app', 'email']),
  };
}

function createTaste(random: Random): Taste {
  const archetype = random.index(archetypes.length);
  const shares = new Float64Array(lines.length).fill(0.1 / lines.length);
  addArchetype(shares, archetype, 0.75, random);
  addArchetype(shares, random.index(archetypes.length), 0.15, random);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return {
    archetype,
    lines: shares.map((share) => share / total),
    priceLevel: clamp((archetypes[archetype]?.priceLevel ?? 0.5) + 0.15 * random.normal(), 0, 1),
    brands: new Map(departments.map(({ name, brands }) => [name, random.pick(brands)])),
    loyalty: random.chance(0.4) ? random.between(1, 4) : 0,
  };
}

function addArchetype(shares: Float64Array, archetype: number, weight: number, random: Random): void {
  const likes = Object.entries(archetypes[archetype]?.likes ?? {});
  const strengths = likes.map(([, share]) => share * Math.exp(0.3 * random.normal()));
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  for (const [place, [path]] of likes.entries()) {
    const line = lineIndex(path);
    shares[line] = (shares[line] ?? 0) + (weight * (strengths[place] ?? 0)) / total;
  }
}

function createUpdate(index: number, taste: Taste, random: Random): CustomerUpdate {
  const known = !random.chance(UNKNOWN_SHARE);
  const place = random.pick(places);
  const [from, to] = archetypes[taste.archetype]?.age ?? [18, 80];
  const age = Math.round(random.between(from, to));
  const gender = random.pick(['female', 'male', 'female', 'male', 'diverse', null]);
  return {
    customer_id: `customer-${String(index + 1).padStart(5, '0')}`,
    updated_at: OPENED_MS,
    age: known ? age : null,
    gender: known ? gender : null,
    location: known ? place.location : null,
    language: place.language,
    preferences: known && random.chance(0.2) ? { newsletter: random.pick(['weekly', 'monthly']) } : {},
    consent: !random.chance(NO_CONSENT_SHARE),
    segment: null,
    erased_at: null,
  };
}

/** One or two things of lines this customer likes that are used up. */
function createHabits(taste: Taste, catalogue: Catalogue, random: Random): Habit[] {
  const wanted = lines.map((line, index) => (line.lastsDays === undefined ? 0 : (taste.lines[index] ?? 0)));
  const chosen = new Set(Array.from({ length: 1 + random.index(2) }, () => random.weighted(wanted)));
  return [...chosen].flatMap((line) => {
    const shelf = catalogue.byLine[line] ?? [];
    if (shelf.length === 0) return [];
    const periodMs = (lines[line]?.lastsDays ?? 30) * random.between(0.8, 1.25) * DAY_MS;
    return [{ item: random.pick(shelf), periodMs, anchorMs: OPENED_MS + random.next() * periodMs }];
  });
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

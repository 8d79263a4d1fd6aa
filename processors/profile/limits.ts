// Every bound of a profile and of what it tells others, in one place. A profile stays below about 20 KB by them.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const limits = {
  /** Latest interactions kept with their detail. */
  recentMax: 50,
  boughtItemsMax: 200,
  categoriesMax: 30,
  brandsMax: 20,
  /** Distinct event types counted by name; further ones count as `other`. */
  eventTypesMax: 32,
  /** Distinct channels counted by name; further ones count as `other`. */
  channelsMax: 16,
  /** Latest interaction ids against which repeats are found. */
  seenIdsMax: 128,
  /** Latest baskets that were counted as an order. */
  seenBasketsMax: 32,
  sessionItemsMax: 50,
  basketItemsMax: 50,
  /** Sessions of one customer that stand in the topic `sessions` at a time. */
  sessionSlots: 16,
  /** Categories of one item that count for the affinities: most general first. */
  categoriesPerItemMax: 5,
  /** Items of the session that an item is said to follow. */
  covisitedMax: 3,
  /** Items of the basket that an item is said to be bought with. */
  coboughtMax: 5,
  /** Visitors who turned out to be one customer: what they did is kept apart for as long. */
  visitorsMax: 32,
  /** Customers that one visitor turned out to be, one after the other, as on a device of a library. The oldest are forgotten. */
  linksMax: 64,
  idCharsMax: 256,
  /** Money of one interaction, and pieces: more is a mistake that would spoil every sum. */
  valueMax: 1e12,
  quantityMax: 1e9,
  ageMax: 150,
} as const;

/** So long without an interaction ends a session. */
export const SESSION_GAP_MS = 30 * MINUTE_MS;

/** Interest in a category, a brand or a price counts half after so long. */
export const AFFINITY_HALF_LIFE_MS = 30 * DAY_MS;

// Every bound of what is kept of an item, and how fast it fades.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const limits = {
  /** Pairs of an item in memory; one more, and only the strongest `pairsKept` stay. */
  pairsMax: 100,
  pairsKept: 80,
  channelsMax: 8,
  segmentsMax: 8,
  /** Campaigns, and locations. As pairs: a new one has the time to grow beside strong ones. */
  namesMax: 16,
  namesKept: 12,
  neighboursMax: 30,
  boughtTogetherMax: 30,
  /** Baskets that two items must share to be called bought together. */
  sharedBasketsMin: 2,
  /** Categories of one item with a list of their own: most general first. */
  listedCategoriesMax: 3,
  /** Campaigns, and locations, with a list of their own within one partition: the hottest of them. They come from outside, in any number. */
  listedNamesMax: 50,
  /** Looks at one time that a campaign must be worth to an item of its list: one that is another with each click has none. */
  campaignLooksMin: 2,
  /** The same of a location: what one customer of a village wants is not told to the next. */
  locationLooksMin: 5,
  /** Items of a list that one partition contributes. */
  listItemsMax: 100,
} as const;

export const HOUR_HALF_LIFE_MS = HOUR_MS;
export const DAY_HALF_LIFE_MS = DAY_MS;
/** Sessions and pairs fade slowly: what goes together changes with seasons, not with days. */
export const SESSION_HALF_LIFE_MS = 14 * DAY_MS;

// The algorithms for the next click, each with the parameters it is tried with. Which of them is used is chosen on a part of the training
// data: none is tuned to a data set by hand.
import { CoVisits } from '../../models/co-visits.ts';
import { PairFollowers } from '../../models/pair-followers.ts';
import { SequentialRules } from '../../models/sequential-rules.ts';
import { exampleOf, learnBlend, SessionBlend, type BlendExample } from '../../models/session-blend.ts';
import { countItems, SessionFeatures } from '../../models/session-features.ts';
import { SERENADE_WEIGHTING } from '../../models/session-index-options.ts';
import type { SessionSource } from '../../models/session-source.ts';
import { SparseScores } from '../../models/sparse-scores.ts';
import { seededRandom } from '../../streams/random.ts';
import { clicksByItem, cutValidation, type SessionData } from './session-data.ts';
import { SessionNeighbours } from './session-neighbours.ts';

export interface SessionRecommender {
  /** Best first. May be used again by the next call. */
  recommend(session: readonly number[], limit: number): ArrayLike<number>;
  /** What its arrays take. */
  readonly bytes: number;
}

export type Parameters = Readonly<Record<string, number>>;

export interface SessionAlgorithm {
  readonly name: string;
  readonly choices: readonly Parameters[];
  readonly fit: (data: SessionData, chosen: Parameters) => SessionRecommender;
}

const FOLLOWERS_MAX = 500;

export const sessionAlgorithms: readonly SessionAlgorithm[] = [
  { name: 'popularity', choices: [{}], fit: fitPopularity },
  {
    name: 'transitions',
    choices: [{}],
    fit: ({ sessions, items }) =>
      bySource(
        new SequentialRules(
          sessions,
          items.count,
          { stepsMax: 1, windowItems: 1, followersMax: FOLLOWERS_MAX },
          'followers',
        ),
        items.count,
      ),
  },
  {
    name: 'sequential_rules',
    choices: [
      { steps: 10, window: 1 },
      { steps: 10, window: 3 },
      { steps: 10, window: 10 },
    ],
    fit: ({ sessions, items }, { steps = 10, window = 1 }) =>
      bySource(
        new SequentialRules(
          sessions,
          items.count,
          { stepsMax: steps, windowItems: window, followersMax: FOLLOWERS_MAX },
          'rules',
        ),
        items.count,
      ),
  },
  {
    // A half life of 0 is none.
    name: 'item_knn',
    choices: [1, 3].flatMap((window) => [0, 0.25].map((half_life) => ({ window, half_life }))),
    fit: ({ sessions, items }, { window = 1, half_life = 0 }) =>
      bySource(
        new CoVisits(sessions, items.count, {
          neighboursMax: FOLLOWERS_MAX,
          windowItems: window,
          halfLife: half_life === 0 ? Infinity : half_life,
        }),
        items.count,
      ),
  },
  {
    name: 'vmis_knn',
    choices: [
      { m: 1500, k: 500, window: 6 },
      { m: 1000, k: 200, window: 4 },
      { m: 1000, k: 150, window: 5 },
    ],
    fit: (data, { m = 1000, k = 150, window = 5 }) =>
      new SessionNeighbours(data, {
        sampleMax: m,
        neighboursMax: k,
        windowItems: window,
        weighting: SERENADE_WEIGHTING,
      }),
  },
  {
    name: 'stan_knn',
    choices: [
      ...[1, 2, 4].flatMap((window_reach) => [2, 4, 8].map((place_reach) => stanChoice({ window_reach, place_reach }))),
      stanChoice({ window_reach: 2, place_reach: 4, length_power: 0 }),
      stanChoice({ window_reach: 2, place_reach: 4, k: 1500 }),
    ],
    fit: fitStan,
  },
  {
    name: 'blend',
    choices: [stanChoice({ window_reach: 2, place_reach: 4 })],
    fit: fitBlend,
  },
];

function stanChoice(changed: Parameters): Parameters {
  return { m: 1500, k: 500, window: 8, length_power: 0.5, ...changed };
}

function fitStan(data: SessionData, chosen: Parameters): SessionNeighbours {
  const { m = 1500, k = 500, window = 8, window_reach = 2, place_reach = 4, length_power = 0.5 } = chosen;
  return new SessionNeighbours(data, {
    sampleMax: m,
    neighboursMax: k,
    windowItems: window,
    weighting: { windowReach: window_reach, placeReach: place_reach, lengthPower: length_power },
  });
}

function fitPopularity(data: SessionData): SessionRecommender {
  const clicks = clicksByItem(data);
  const order = Int32Array.from(clicks.keys()).sort(
    (one, other) => (clicks[other] as number) - (clicks[one] as number) || one - other,
  );
  return { recommend: (_, limit) => order.subarray(0, limit), bytes: order.byteLength };
}

function bySource(source: SessionSource, items: number): SessionRecommender {
  const scores = new SparseScores(items);
  return {
    bytes: source.bytes,
    recommend(session, limit) {
      scores.clear();
      source.score(session, scores);
      return scores.best(limit);
    },
  };
}

/** Clicks that the blend's weights are learnt from: some dozens of weights need no more, and each takes some 10 kB. */
const EXAMPLES_MAX = 20_000;
const POOL_MAX = 60;
const EPOCHS = 12;
const RATE = 0.1;

/** The weights are learnt on the last sessions, with sources made of those before; then the sources are made of all. */
function fitBlend(data: SessionData, chosen: Parameters): SessionRecommender {
  const { train, validation } = cutValidation(data);
  const held = featuresOf(train, chosen).features;
  const examples: BlendExample[] = [];
  for (const session of validation.toReversed()) {
    for (let seen = 1; seen < session.length && examples.length < EXAMPLES_MAX; seen += 1) {
      const example = exampleOf(held, [...session.subarray(0, seen)], session[seen] as number);
      if (example !== null) examples.push(example);
    }
  }
  const weights = learnBlend(examples, held.width, { epochs: EPOCHS, rate: RATE, random: seededRandom(1) });
  const { features, bytes } = featuresOf(data, chosen);
  const blend = new SessionBlend(features, weights);
  return { bytes, recommend: (session, limit) => blend.recommend(session, limit) };
}

function featuresOf(data: SessionData, chosen: Parameters): { features: SessionFeatures; bytes: number } {
  const { sessions, items } = data;
  const one = { stepsMax: 1, windowItems: 1, followersMax: FOLLOWERS_MAX };
  const sources: SessionSource[] = [
    fitStan(data, chosen),
    new SequentialRules(sessions, items.count, one, 'followers'),
    new SequentialRules(sessions, items.count, { ...one, stepsMax: 10, windowItems: 10 }, 'rules'),
    new PairFollowers(sessions, items.count, FOLLOWERS_MAX),
    new CoVisits(sessions, items.count, { neighboursMax: FOLLOWERS_MAX, windowItems: 1, halfLife: Infinity }),
  ];
  const counts = countItems(sessions, items.count);
  const bytes = sources.reduce((sum, source) => sum + source.bytes, counts.all.byteLength + counts.recent.byteLength);
  return { features: new SessionFeatures(sources, counts, POOL_MAX), bytes };
}

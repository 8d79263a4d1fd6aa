// What each source of a list should count, learnt by replay: the latest deeds go through the very stages that run in production, once for
// every weight that is tried, and what is better for where the next deed stood in the list is kept.
import { ALGORITHMS, DEFAULT_SETTINGS, WEIGHTS_KIND, type Algorithm } from '../processors/recommend/settings.ts';
import { modelsLookupOf } from '../processors/lookups/models.ts';
import { stages } from '../processors/topology.ts';
import type { EventKind } from '../processors/profile/event-types.ts';
import type { BatchModel } from '../models/batch-model.ts';
import { plainInteraction } from '../schemas/plain-interaction.ts';
import * as topics from '../schemas/topics.ts';
import type { Interaction, Item, Model, Rule } from '../schemas/types.ts';
import { physicalName } from '../streams/index.ts';
import { hash32 } from '../streams/random.ts';
import { BENCH_PREFIX, TestBench } from '../streams/testing/test-bench.ts';
import { ndcgAt } from '../evaluation/metrics.ts';
import type { History } from './history.ts';

export type Weights = Readonly<Record<Algorithm, number>>;

export interface FittedWeights {
  readonly weights: Weights;
  /** Mean NDCG on deeds that chose no weight: with what holds by default, and with these. */
  readonly byDefault: number;
  readonly fitted: number;
}

/** Deeds that are replayed: the first part only fills the lists, of the others one half chooses and one half judges. */
const DEEDS_MAX = 6_000;
const WARM_UP_SHARE = 0.5;
const CUT = 20;
const STEPS = [0.25, 0.5, 2];
/** What the latest click leads to stays in front: nothing else may count as much as the session. */
const WEIGHT_MAX = 0.8;
const FIXED: Algorithm = 'session_knn';

/** Answers the weights that hold by default when no others do better on deeds that did not choose them. */
export function fitWeights(
  history: History,
  described: ReadonlyMap<string, Item>,
  model: BatchModel,
  onStep: (what: string) => void,
): FittedWeights {
  const replay = new Replay(history, described, model);
  const { weights: defaults } = DEFAULT_SETTINGS;
  const start = replay.run(defaults);
  let best = { weights: defaults as Weights, ...start };
  for (const algorithm of ALGORITHMS) {
    if (algorithm === FIXED) continue;
    for (const step of STEPS) {
      const weights = { ...best.weights, [algorithm]: Math.min(WEIGHT_MAX, best.weights[algorithm] * step) };
      const tried = { weights, ...replay.run(weights) };
      if (tried.choosing > best.choosing) best = tried;
    }
    onStep(`${algorithm} ${best.weights[algorithm]}: NDCG@${CUT} ${best.choosing.toFixed(4)}`);
  }
  const isBetter = best.judging > start.judging;
  return { weights: isBetter ? best.weights : defaults, byDefault: start.judging, fitted: isBetter ? best.judging : start.judging }; // prettier-ignore
}

interface Outcome {
  /** Mean NDCG of one half of the cases, and of the other. */
  readonly choosing: number;
  readonly judging: number;
}

class Replay {
  readonly #interactions: readonly Interaction[];
  readonly #described: ReadonlyMap<string, Item>;
  readonly #model: BatchModel;

  constructor(history: History, described: ReadonlyMap<string, Item>, model: BatchModel) {
    this.#interactions = latestInteractions(history);
    this.#described = described;
    this.#model = model;
  }

  run(weights: Weights): Outcome {
    const bench = this.#benchWith(weights);
    const lists = new Map<string, readonly string[]>();
    const sums = [0, 0];
    const counts = [0, 0];
    const warm = Math.floor(this.#interactions.length * WARM_UP_SHARE);
    let read = 0;
    for (const [at, one] of this.#interactions.entries()) {
      const list = lists.get(one.customer_id);
      if (at >= warm && list !== undefined) {
        const half = hash32(one.interaction_id) & 1; // not by turns: customers may come in an order
        const rank = list.indexOf(one.item_id as string) + 1;
        sums[half] = (sums[half] as number) + ndcgAt(rank === 0 ? [] : [rank], 1, CUT);
        counts[half] = (counts[half] as number) + 1;
      }
      bench.send(topics.interactions, one.customer_id, one, one.received_at).run();
      const written = bench.log.records(physicalName(BENCH_PREFIX, topics.recommendations.name), 0);
      for (; read < written.length; read += 1) {
        const value = written[read]?.value;
        const made = value && topics.recommendations.codec.decode(value);
        if (made) lists.set(made.customer_id, made.items.map(({ item_id }) => item_id)); // prettier-ignore
      }
      bench.log.forgetContent();
    }
    const mean = (half: 0 | 1) => (sums[half] as number) / Math.max(1, counts[half] as number);
    return { choosing: mean(0), judging: mean(1) };
  }

  #benchWith(weights: Weights): TestBench {
    const bench = new TestBench({
      stages,
      partitions: 1,
      lookups: [modelsLookupOf((_, fetched) => fetched(this.#model))],
    });
    const startMs = this.#interactions[0]?.timestamp ?? 0;
    for (const [itemId, item] of this.#described) bench.send(topics.items, itemId, item, startMs);
    bench.send(topics.models, `recommend/${this.#model.version}`, inUse(this.#model), startMs);
    return bench.send(topics.rules, WEIGHTS_KIND, ruleOf(weights), startMs).run();
  }
}

function latestInteractions({ customers, items }: History): Interaction[] {
  const deeds = customers.flatMap(({ customerId, deeds: own }) => own.map((deed) => ({ customerId, ...deed })));
  return deeds
    .sort((one, other) => one.atMs - other.atMs || (one.customerId < other.customerId ? -1 : 1))
    .slice(-DEEDS_MAX)
    .map(({ customerId, item, atMs, kind, channel }, number) =>
      plainInteraction({
        interaction_id: `replayed-${number}`,
        customer_id: customerId,
        timestamp: atMs,
        event_type: eventTypes[kind],
        item_id: items[item] as string,
        channel,
      }),
    );
}

/** A word for each kind of deed: which one it was is not remembered. */
export const eventTypes: Readonly<Record<EventKind, string>> = {
  view: 'view',
  cart: 'add_to_cart',
  uncart: 'remove_from_cart',
  purchase: 'purchase',
  refund: 'refund',
  consumed: 'rating',
  shown: 'shown',
  other: 'like',
};

function ruleOf(weights: Weights): Rule {
  return {
    rule_id: WEIGHTS_KIND,
    version: 1,
    kind: WEIGHTS_KIND,
    updated_at: 0,
    active: true,
    starts_at: null,
    ends_at: null,
    numbers: { ...weights, exploration_share: 0 },
    words: {},
  };
}

/** Only that it is promoted matters here. */
function inUse({ version, algorithm, items }: BatchModel): Model {
  const none = { created_at: 0, artefact_format: 0, file: '', bytes: 0, sha256: '', trained_until: 0, positions: {} };
  const counts = {
    customers: 0,
    interactions: 0,
    quarantined_customers: 0,
    parameters: {},
    metrics: {},
    champion: null,
  };
  return { name: 'recommend', version, algorithm, items, promoted_at: 0, ...none, ...counts };
}

// The next click of a session from several sources at once: a conditional logit (McFadden 1974; as listwise ranking, Cao et al.,
// "Learning to rank: from pairwise approach to listwise approach", ICML 2007, section 4) over the candidates of all of them, its
// weights learnt from clicks that the sources have not seen, with AdaGrad (Duchi, Hazan and Singer, JMLR 2011, section 1).
import { Best } from './best.ts';
import type { SessionFeatures } from './session-features.ts';

export interface BlendLearning {
  readonly epochs: number;
  readonly rate: number;
  /** Uniform numbers in [0, 1), for the order of the examples. */
  readonly random: () => number;
}

/** What was known when a click happened, and which candidate it was. */
export interface BlendExample {
  readonly values: Float32Array;
  readonly count: number;
  readonly chosen: number;
}

export class SessionBlend {
  readonly weights: Float64Array;
  readonly #features: SessionFeatures;
  #scores = new Float64Array(0);
  #candidates = new Int32Array(0);
  /** Candidates stand in rising order of items, so that the smaller candidate is the smaller item. */
  readonly #best = new Best((a, b) => a < b);
  readonly #answer: number[] = [];

  /** @param weights by feature, as `learnBlend` gives them. */
  constructor(features: SessionFeatures, weights: Float64Array) {
    if (weights.length !== features.width)
      throw new RangeError(`a blend of ${features.width} features needs as many weights, not ${weights.length}`);
    this.#features = features;
    this.weights = weights;
  }

  /** Item numbers, best first; equal scores by smaller number. Valid until the next call. */
  recommend(session: readonly number[], limit: number): readonly number[] {
    const features = this.#features;
    features.look(session);
    if (this.#scores.length < features.count) this.#grow(2 * features.count);
    for (let candidate = 0; candidate < features.count; candidate += 1)
      this.#scores[candidate] = dot(this.weights, features.values, candidate * features.width);
    this.#answer.length = 0;
    for (const candidate of this.#best.choose(this.#candidates, features.count, this.#scores, limit))
      this.#answer.push(features.items[candidate] as number);
    return this.#answer;
  }

  #grow(length: number): void {
    this.#scores = new Float64Array(length);
    this.#candidates = Int32Array.from({ length }, (_, candidate) => candidate);
  }
}

/** What there is to learn from a click; null when no source has the item. */
export function exampleOf(features: SessionFeatures, session: readonly number[], next: number): BlendExample | null {
  features.look(session);
  const chosen = features.items.subarray(0, features.count).indexOf(next);
  if (chosen < 0) return null;
  return {
    values: Float32Array.from(features.values.subarray(0, features.count * features.width)),
    count: features.count,
    chosen,
  };
}

export function learnBlend(
  examples: readonly BlendExample[],
  width: number,
  { epochs, rate, random }: BlendLearning,
): Float64Array {
  const weights = new Float64Array(width);
  const squares = new Float64Array(width).fill(1e-6);
  const gradient = new Float64Array(width);
  const order = Array.from(examples, (_, at) => at);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(order, random);
    for (const at of order) {
      gradientOf(examples[at] as BlendExample, weights, gradient);
      for (let feature = 0; feature < width; feature += 1) {
        const slope = gradient[feature] as number;
        squares[feature] = (squares[feature] as number) + slope * slope;
        weights[feature] = (weights[feature] as number) - (rate * slope) / Math.sqrt(squares[feature] as number);
      }
    }
  }
  return weights;
}

/** Candidates less likely than this change nothing that could be seen. */
const NEGLIGIBLE = 1e-6;
let chances = new Float64Array(0);

/** Of −ln(probability of what was chosen). */
function gradientOf({ values, count, chosen }: BlendExample, weights: Float64Array, gradient: Float64Array): void {
  const width = weights.length;
  if (chances.length < count) chances = new Float64Array(2 * count);
  let most = -Infinity;
  for (let candidate = 0; candidate < count; candidate += 1) {
    const score = dot(weights, values, candidate * width);
    chances[candidate] = score;
    if (score > most) most = score;
  }
  let sum = 0;
  for (let candidate = 0; candidate < count; candidate += 1) {
    const chance = Math.exp((chances[candidate] as number) - most);
    chances[candidate] = chance;
    sum += chance;
  }
  gradient.fill(0);
  for (let candidate = 0; candidate < count; candidate += 1) {
    const surprise = (chances[candidate] as number) / sum - (candidate === chosen ? 1 : 0);
    if (Math.abs(surprise) < NEGLIGIBLE) continue;
    const first = candidate * width;
    for (let feature = 0; feature < width; feature += 1)
      gradient[feature] = (gradient[feature] as number) + surprise * (values[first + feature] as number);
  }
}

function dot(weights: Float64Array, values: ArrayLike<number>, first: number): number {
  let sum = 0;
  for (let feature = 0; feature < weights.length; feature += 1)
    sum += (weights[feature] as number) * (values[first + feature] as number);
  return sum;
}

function shuffle(order: number[], random: () => number): void {
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
}

// What an evaluation answers, whatever the protocol.
import { EvaluationRefused } from './errors.ts';
import { METRIC_NAMES, type Tally } from './tally.ts';
import { pairedTest } from './statistics.ts';

export interface Progress {
  /** Called now and then with what is being done and how much of it is. */
  show(what: string, done: number, of: number): void;
  /** Something found out on the way, to be kept: what was tried, and what came of it. */
  note(text: string): void;
}

export interface AlgorithmResult {
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** What its arrays take. */
  readonly modelBytes: number;
  readonly fitMs: number;
  readonly tally: Tally;
  /** By category, how often what was bought came back; the most often first. */
  readonly repeats?: readonly RepeatShare[];
}

export interface RepeatShare {
  readonly category: string;
  readonly occasions: number;
  readonly share: number;
}

/** An algorithm with the parameters that did best on the validation split. */
export interface Chosen {
  readonly algorithm: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** NDCG at the largest k. */
  readonly validation: number;
}

export interface Evaluation {
  readonly protocol: string;
  /** Sizes of what was trained and tested on. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly ks: readonly number[];
  readonly results: readonly AlgorithmResult[];
  /** By algorithm, what the validation split said; the best algorithm first. */
  readonly chosen: readonly Chosen[];
  /** All that was tried on the validation split, in order. */
  readonly tried: readonly Chosen[];
  /** True when the validation split chose the algorithm too. */
  readonly isChosen: boolean;
}

export interface Comparison {
  readonly first: string;
  readonly second: string;
  readonly metrics: Readonly<Record<string, { difference: number; low: number; high: number; p: number }>>;
}

/** @throws EvaluationRefused when one of the two was not evaluated. */
export function compare({ results, ks }: Evaluation, first: string, second: string): Comparison {
  const [one, other] = [first, second].map((name) => {
    const found = results.find(({ algorithm }) => algorithm === name);
    if (found === undefined) throw new EvaluationRefused(`${name} is not among the algorithms evaluated`);
    return found.tally;
  }) as [Tally, Tally];
  const keys = ks.flatMap((k) => METRIC_NAMES.map((name) => `${name}@${k}`));
  const metrics = keys.map((key) => {
    const { difference, interval, p } = pairedTest(one.sumsOf(key), other.sumsOf(key), one.sizes);
    return [key, { difference, low: interval.low, high: interval.high, p }] as const;
  });
  return { first, second, metrics: Object.fromEntries(metrics) };
}

/** A difference on the validation split that chance alone makes less often than this is believed. */
const BELIEVED_P = 0.05;

/**
 * Algorithms without parameters by what `replay` says of each, the best first.
 *
 * @param key what is looked at, such as `ndcg@20`.
 * @param unlessBeaten comes first as long as nothing is better by more than chance.
 */
export function chooseByReplay<A extends { readonly name: string }>(
  algorithms: readonly A[],
  key: string,
  replay: (algorithm: A) => AlgorithmResult,
  progress: Progress,
  unlessBeaten?: string,
): Chosen[] {
  const tried = algorithms.map((algorithm) => {
    const { tally } = replay(algorithm);
    const validation = tally.mean(key);
    progress.note(`tried ${algorithm.name}: ${key} ${validation.toFixed(4)}`);
    return { chosen: { algorithm: algorithm.name, parameters: {}, validation }, tally };
  });
  const ordered = tried.toSorted((one, other) => other.chosen.validation - one.chosen.validation);
  const first = ordered.find(({ chosen }) => chosen.algorithm === unlessBeaten);
  const rivals = ordered.slice(0, first === undefined ? 0 : ordered.indexOf(first));
  const isBeaten = rivals.some(({ tally }) => first !== undefined && isSurelyBetter(tally, first.tally, key));
  const all = first === undefined || isBeaten ? ordered : [first, ...ordered.filter((one) => one !== first)];
  return all.map(({ chosen }) => chosen);
}

function isSurelyBetter(one: Tally, other: Tally, key: string): boolean {
  return pairedTest(one.sumsOf(key), other.sumsOf(key), one.sizes).p < BELIEVED_P;
}

export function describeChosen({ algorithm, parameters }: Pick<Chosen, 'algorithm' | 'parameters'>): string {
  const named = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  return named.length === 0 ? algorithm : `${algorithm} (${named.join(', ')})`;
}

/** @throws EvaluationRefused for a name that is none of them. */
export function pickAlgorithms<A extends { readonly name: string }>(all: readonly A[], names: readonly string[]): A[] {
  return names.map((name) => {
    const found = all.find((algorithm) => algorithm.name === name);
    if (found === undefined)
      throw new EvaluationRefused(
        `There is no algorithm ${name}. There are: ${all.map((each) => each.name).join(', ')}.`,
      );
    return found;
  });
}

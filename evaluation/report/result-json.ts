// An evaluation as JSON. All of it but the timings is the same, to the byte, each time the same files are evaluated.
import type { AlgorithmResult, Chosen, Comparison, Evaluation } from '../evaluation.ts';

/** Digits after the point: what lies behind is noise of the machine's arithmetic. */
const DIGITS = 6;
const BYTES_PER_MB = 1e6;

export interface JsonOptions {
  /** False leaves out what differs from run to run. */
  readonly timings: boolean;
}

export function resultJson(
  evaluation: Evaluation,
  comparison: Comparison | undefined,
  options: JsonOptions,
): Record<string, unknown> {
  const { protocol, sizes, ks, results, chosen, tried, isChosen } = evaluation;
  return {
    protocol,
    ...sizes,
    k: ks,
    ...(isChosen ? { chosen: { algorithm: results[0]?.algorithm, by: choiceRule(evaluation) } } : {}),
    validation: chosen.filter(({ validation }) => !Number.isNaN(validation)).map(chosenOf),
    tried: tried.map(chosenOf),
    results: results.map((result) => resultOf(result, ks, options)),
    ...(comparison === undefined ? {} : { comparison: { ...comparison, metrics: compared(comparison) } }),
  };
}

function chosenOf(one: Chosen): Record<string, unknown> {
  return { ...one, validation: rounded(one.validation), parameters: numbers(one.parameters) };
}

export function choiceRule({ ks }: Pick<Evaluation, 'ks'>): string {
  return `ndcg@${Math.max(...ks)} on a validation split cut from the training data`;
}

function resultOf(
  { algorithm, parameters, tally, modelBytes, fitMs, repeats }: AlgorithmResult,
  ks: readonly number[],
  { timings }: JsonOptions,
): Record<string, unknown> {
  const intervals = ks
    .flatMap((k) => ['hit_rate', 'mrr', 'recall', 'ndcg'].map((name) => `${name}@${k}`))
    .map((key) => {
      const { low, high } = tally.interval(key);
      return [key, [rounded(low), rounded(high)]] as const;
    });
  return {
    algorithm,
    parameters: numbers(parameters),
    events: tally.events,
    ...numbers(tally.means()),
    ...numbers(tally.catalogue()),
    intervals_95: Object.fromEntries(intervals),
    slices: tally.slices().map(({ name, events, means }) => ({ name, events, ...numbers(means) })),
    ...(repeats === undefined ? {} : { repeats: repeats.map((each) => ({ ...each, share: rounded(each.share) })) }),
    memory_mb: rounded(modelBytes / BYTES_PER_MB),
    ...(timings
      ? {
          latency_ms_p50: rounded(tally.latencyMs(0.5)),
          latency_ms_p99: rounded(tally.latencyMs(0.99)),
          train_ms: Math.round(fitMs),
        }
      : {}),
  };
}

function compared({ metrics }: Comparison): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metrics).map(([key, figures]) => [key, numbers(figures)]));
}

/** JSON has no Infinity: it becomes null, as JSON.stringify would have it. */
function numbers(figures: Readonly<Record<string, number>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([key, figure]) => [key, Number.isFinite(figure) ? rounded(figure) : null]),
  );
}

function rounded(figure: number): number {
  return Number(figure.toFixed(DIGITS));
}

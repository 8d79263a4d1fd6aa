// How long the API took to answer, second by second: the difference between what the metrics' histogram held before and now.
import type { Registry } from 'prom-client';
import { metricValues, type MetricValue } from '../insight/metric-values.ts';

export interface Latency {
  readonly requests: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

const histogram = 'freshet_http_request_duration_seconds';

export class LatencyMeter {
  readonly #registry: Registry;
  /** By upper bound in seconds: answers that took no longer, since the start. */
  #former: ReadonlyMap<number, number> = new Map();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Since the last time it was asked. */
  async sinceLast(): Promise<Latency> {
    const now = bucketsOf(await metricValues(this.#registry, histogram));
    const buckets = [...now]
      .map(([seconds, count]) => ({ seconds, count: count - (this.#former.get(seconds) ?? 0) }))
      .sort((one, other) => one.seconds - other.seconds);
    this.#former = now;
    const requests = buckets.at(-1)?.count ?? 0;
    return { requests, p50Ms: quantileMs(buckets, 0.5), p99Ms: quantileMs(buckets, 0.99) };
  }
}

/** Of the API's routes only, all of them together. */
function bucketsOf(values: readonly MetricValue[]): ReadonlyMap<number, number> {
  const buckets = new Map<number, number>();
  for (const { metricName, labels, value } of values) {
    if (metricName !== `${histogram}_bucket` || !String(labels['route']).startsWith('/api/')) continue;
    const seconds = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    buckets.set(seconds, (buckets.get(seconds) ?? 0) + value);
  }
  return buckets;
}

/** Within a bucket answers count as spread evenly, as Prometheus does; above the last bound, as at the bound. */
function quantileMs(
  buckets: readonly { readonly seconds: number; readonly count: number }[],
  share: number,
): number | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return null;
  const wanted = total * share;
  const index = buckets.findIndex(({ count }) => count >= wanted);
  const lower = buckets[index - 1] ?? { seconds: 0, count: 0 };
  const upper = buckets[index] ?? lower;
  if (upper.seconds === Infinity) return lower.seconds * 1000;
  const inside = upper.count === lower.count ? 1 : (wanted - lower.count) / (upper.count - lower.count);
  return (lower.seconds + (upper.seconds - lower.seconds) * inside) * 1000;
}

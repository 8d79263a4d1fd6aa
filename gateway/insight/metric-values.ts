// Reads what the runtime counts back from the metrics, so that what a page shows is what Prometheus gets.
import type { Registry } from 'prom-client';

export interface MetricValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Of histograms and summaries: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** Empty when nothing of that name is counted here. */
export async function metricValues(registry: Registry, name: string): Promise<readonly MetricValue[]> {
  const metric = registry.getSingleMetric(name);
  if (metric === undefined) return [];
  const found = await metric.get();
  // In a thread of its own the gateway asks another one, which may have none of that name.
  return (found?.values ?? []) as readonly MetricValue[]; // prom-client types the labels by metric, which a look-up by name can't know
}

/** The values whose label is `value`, added up. */
export function sumWhere(values: readonly MetricValue[], where: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(where);
  return values
    .filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

// The metrics of a gateway's thread: what it counts itself, and for those who ask for more, what the main thread knows of all.
import { Registry, type Metric, type MetricObjectWithValues, type MetricValue } from 'prom-client';

export interface OtherMetrics {
  /** Of all threads together, as Prometheus reads them. */
  all(): Promise<string>;
  /** One metric of the main thread; null when it has none of that name. */
  one(name: string): Promise<MetricObjectWithValues<MetricValue<string>> | null>;
}

export class ThreadRegistry extends Registry {
  readonly #others: OtherMetrics;

  constructor(others: OtherMetrics) {
    super();
    this.#others = others;
  }

  override metrics(): Promise<string> {
    return this.#others.all();
  }

  override getSingleMetric(name: string): Metric<string> | undefined {
    // Of a metric that was looked up by name only `get` is of use: it was made elsewhere.
    return super.getSingleMetric(name) ?? ({ get: () => this.#others.one(name) } as unknown as Metric<string>);
  }
}

// A histogram whose counting costs a few additions: prom-client looks the labels up for each value, which takes longer than all else that
// is counted of a request.
import { Histogram, type MetricValueWithName, type HistogramConfiguration } from 'prom-client';

interface Cell<Label extends string> {
  readonly labels: Partial<Record<Label, string | number>>;
  /** How many fell into each bucket, and last how many are beyond. */
  readonly counts: Float64Array;
  sum: number;
}

export class DurationHistogram<Label extends string> extends Histogram<Label> {
  readonly #about: Pick<HistogramConfiguration<Label>, 'name' | 'help'>;
  readonly #bounds: readonly number[];
  readonly #cells: Cell<Label>[] = [];

  constructor(given: HistogramConfiguration<Label> & { readonly buckets: number[] }) {
    super(given);
    this.#about = given;
    this.#bounds = given.buckets;
  }

  /** Counts values with these labels. To be kept: each one made is a line of its own. */
  counting(labels: Cell<Label>['labels']): (value: number) => void {
    const bounds = this.#bounds;
    const cell: Cell<Label> = { labels, counts: new Float64Array(bounds.length + 1), sum: 0 };
    this.#cells.push(cell);
    return (value) => {
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket += 1;
      cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
      cell.sum += value;
    };
  }

  override async get() {
    const { name, help } = this.#about;
    const values = this.#cells.flatMap((cell) => this.#valuesOf(cell));
    return { name, help, type: 'histogram', values, aggregator: 'sum' } as unknown as Awaited<
      ReturnType<Histogram<Label>['get']>
    >;
  }

  /** How the registry asks when it writes text. */
  getForPromString() {
    return this.get();
  }

  #valuesOf({ labels, counts, sum }: Cell<Label>): MetricValueWithName<Label | 'le'>[] {
    const { name } = this.#about;
    let reached = 0;
    const buckets = [...this.#bounds, '+Inf'].map((le, index) => ({
      metricName: `${name}_bucket`,
      labels: { le, ...labels },
      value: (reached += counts[index] ?? 0),
    }));
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: reached },
    ] as MetricValueWithName<Label | 'le'>[];
  }
}

// What the gateway counts. What is counted for each request is so in numbers of its own, which prom-client is told when somebody looks.
import { Counter, type Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.ts';

/** Records one answered request. */
export type RouteTimer = (status: number, durationMs: number) => void;

export interface HttpMetrics {
  readonly timer: (method: string, route: string) => RouteTimer;
  /** A request, or a connection, was turned away before anything was done for it. */
  readonly refused: (reason: string) => void;
}

export interface GatewayMetrics extends HttpMetrics {
  /** One list was answered. */
  readonly served: (algorithm: string, fallback: boolean) => void;
  readonly events: (outcome: string, count: number) => void;
}

const durationBucketsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function gatewayMetrics(registry: Registry): GatewayMetrics {
  const durations = new DurationHistogram({
    name: 'freshet_http_request_duration_seconds',
    help: 'Duration of HTTP requests, from their headers to the answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: durationBucketsSeconds,
    registers: [registry],
  });
  const lists = new ListCounts();
  new Counter({
    name: 'freshet_recommendations_served_total',
    help: 'Recommendation lists answered, by the algorithm of their first item.',
    labelNames: ['algorithm', 'variant', 'fallback'],
    registers: [registry],
    collect() {
      for (const { algorithm, fallback, count } of lists.since())
        this.inc({ algorithm, variant: 'none', fallback }, count);
    },
  });
  const interactions = new Counter({
    name: 'freshet_interactions_received_total',
    help: 'Interactions received over HTTP, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });

  const refusals = new Counter({
    name: 'freshet_http_requests_refused_total',
    help: 'Requests turned away before they were routed, and connections beyond CONNECTIONS_MAX.',
    labelNames: ['reason'],
    registers: [registry],
  });

  return {
    timer: (method, route) => {
      const byStatus = new Map<number, (seconds: number) => void>();
      return (status, durationMs) => {
        let count = byStatus.get(status);
        if (count === undefined)
          byStatus.set(status, (count = durations.counting({ route, method, status: String(status) })));
        count(durationMs / 1000);
      };
    },
    refused: (reason) => refusals.labels(reason).inc(),
    served: (algorithm, fallback) => lists.add(algorithm, fallback),
    events: (outcome, count) => {
      if (count > 0) interactions.labels(outcome).inc(count);
    },
  };
}

/** Lists that were answered, by what they are counted as. There are a few algorithms. */
class ListCounts {
  readonly #own = new Map<string, number>();
  readonly #fallbacks = new Map<string, number>();

  add(algorithm: string, isFallback: boolean): void {
    const counts = isFallback ? this.#fallbacks : this.#own;
    counts.set(algorithm, (counts.get(algorithm) ?? 0) + 1);
  }

  /** Since the last time it was asked. */
  *since() {
    for (const [counts, fallback] of [
      [this.#own, 'false'],
      [this.#fallbacks, 'true'],
    ] as const) {
      for (const [algorithm, count] of counts) yield { algorithm, fallback, count };
      counts.clear();
    }
  }
}

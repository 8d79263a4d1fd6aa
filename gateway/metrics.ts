// What the gateway counts. Children are made once per label set: looking them up for each request costs more than counting.
import { Counter, Histogram, type Registry } from 'prom-client';

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
  const durations = new Histogram({
    name: 'freshet_http_request_duration_seconds',
    help: 'Duration of HTTP requests, from their headers to the answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: durationBucketsSeconds,
    registers: [registry],
  });
  const lists = new Counter({
    name: 'freshet_recommendations_served_total',
    help: 'Recommendation lists answered, by the algorithm of their first item.',
    labelNames: ['algorithm', 'variant', 'fallback'],
    registers: [registry],
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

  const listChild = childrenOf((algorithm: string, fallback: string) =>
    lists.labels({ algorithm, variant: 'none', fallback }),
  );
  return {
    timer: (method, route) => {
      const child = childrenOf((status: string) => durations.labels({ route, method, status }));
      return (status, durationMs) => child(String(status)).observe(durationMs / 1000);
    },
    refused: (reason) => refusals.labels(reason).inc(),
    served: (algorithm, fallback) => listChild(algorithm, String(fallback)).inc(),
    events: (outcome, count) => {
      if (count > 0) interactions.labels(outcome).inc(count);
    },
  };
}

/** Keeps what `make` answers. Bounded, because labels are: statuses, and the names of algorithms. */
function childrenOf<Child>(make: (...labels: [string, string]) => Child): (a: string, b?: string) => Child {
  const children = new Map<string, Child>();
  return (a, b = '') => {
    const key = b === '' ? a : `${a}\n${b}`;
    let child = children.get(key);
    if (child === undefined) {
      child = make(a, b);
      children.set(key, child);
    }
    return child;
  };
}

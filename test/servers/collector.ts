// What stands in for an OpenTelemetry collector: takes spans as OTLP over HTTP in JSON, and keeps them.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[] }[];
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** What the last export was sent with. */
  headers(): Readonly<Record<string, string | string[] | undefined>>;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  let headers: ReturnType<Collector['headers']> = {};
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/traces') return void response.writeHead(404).end();
    headers = request.headers;
    void json(request).then((body) => {
      for (const { scopeSpans } of (body as Export).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers: () => headers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

type Linked = Pick<CollectedSpan, 'name' | 'spanId' | 'parentSpanId'>;

/** The names of a span's ancestors and its own, from the first one on; names of topics without prefix and version. */
export function wayTo(span: Linked, all: readonly Linked[]): string[] {
  const parent = all.find(({ spanId }) => spanId === span.parentSpanId);
  const name = span.name.replace(/freshet\.([\w-]+)\.v1/, '$1');
  return parent === undefined ? [name] : [...wayTo(parent, all), name];
}

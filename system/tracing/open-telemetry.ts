// Spans of OpenTelemetry along the way of an event: request, append, each stage's batch, the write to the serving store.
//
// A stage's span has an id that follows from the record alone: what the stage writes in the transaction names it as its parent, before
// the span is recorded and wherever the batch is run again. So the next stage and the sink go on with the trace from what the log says.
import { hash } from 'node:crypto';
import {
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type IdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace';
import type { Settings } from '../../config/settings.ts';
import type { OpenSpan, TraceHeaders } from '../../gateway/http/trace-context.ts';
import type { SinkTarget } from '../../streams/index.ts';
import type { LogRecord } from '../../streams/log/log.ts';
import type { TracedBatch } from '../../streams/run.ts';
import type { Tracing } from './tracing.ts';

/** Spans of one batch of a stage, and of one write of the sink. Whoever asks from outside may mark everything as sampled. */
const SPANS_PER_BATCH_MAX = 100;
/** Spans that wait to be sent; further ones are dropped. */
const WAITING_SPANS_MAX = 4_096;
const EXPORT_EVERY_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;

export interface OpenTelemetryOptions {
  readonly settings: Pick<Settings, 'traceShare' | 'traceService'>;
  readonly version: string;
  readonly exporter: SpanExporter;
}

/** Sends to the collector that the settings name. */
export function toCollector({ traceEndpoint, traceHeaders }: Settings): SpanExporter {
  const url = `${traceEndpoint.replace(/\/+$/, '')}/v1/traces`;
  return new OTLPTraceExporter({ url, headers: { ...traceHeaders }, timeoutMillis: EXPORT_TIMEOUT_MS });
}

/** The same exporter; `failed` hears why, once until something has been sent again. */
export function tellingFailure(exporter: SpanExporter, failed: (reason: string) => void): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const fails = result.code !== 0;
        if (fails && !isFailing) failed(result.error?.message ?? 'no reason was given');
        isFailing = fails;
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Nothing is registered globally: who records is given what it records with. */
export function openTelemetry({ settings, version, exporter }: OpenTelemetryOptions): Tracing {
  const ids = new GivenSpanIds();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.traceService, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.traceShare) }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: WAITING_SPANS_MAX,
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('freshet', version);

  const begin = (name: string, kind: SpanKind, attributes: Attributes, context: Context) => {
    const span = tracer.startSpan(name, { kind, attributes }, context);
    return span.isRecording() ? openSpan(span) : undefined;
  };

  return {
    requests: {
      begin: ({ method, route, headers }) => {
        const attributes = { 'http.request.method': method, 'http.route': route };
        return begin(`${method} ${route}`, SpanKind.SERVER, attributes, contextOf(headers));
      },
      append: (within, topic, records) => {
        const attributes = { 'messaging.destination.name': topic, 'messaging.batch.message_count': records };
        return begin(`send ${topic}`, SpanKind.PRODUCER, attributes, contextOf(within));
      },
    },
    stages: {
      headersAfter: (stage, { headers, topic, partition, offset }) => {
        const parent = sampledContext(headers);
        if (parent === undefined) return undefined;
        const place = { topic, partition, offset };
        return headersOf({ ...parent, spanId: spanIdOf(parent.traceId, stage, place) });
      },
      committed: (batch) => {
        for (const record of batch.traced.slice(0, SPANS_PER_BATCH_MAX)) recordHandled(batch, record);
      },
    },
    target: tracedTarget,
    close: () => provider.shutdown(),
  };

  function recordHandled({ stage, handled, startedMs, handledMs, committedMs }: TracedBatch, record: LogRecord): void {
    const { headers, topic, partition, offset } = record;
    const attributes = {
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.kafka.offset': offset,
      'messaging.batch.message_count': handled,
    };
    ids.next = spanIdOf(sampledContext(headers)?.traceId ?? '', stage, record);
    const options = { kind: SpanKind.CONSUMER, startTime: startedMs, attributes };
    const span = tracer.startSpan(`process ${stage}`, options, contextOf(headers));
    span.addEvent('handled', handledMs);
    span.end(committedMs);
  }

  function tracedTarget(target: SinkTarget): SinkTarget {
    return {
      ...target,
      write: async (batches, progress) => {
        const startTime = Date.now();
        await target.write(batches, progress);
        const endTime = Date.now();
        for (const { headers, topic, records } of byParent(batches)) {
          const attributes = { 'messaging.destination.name': topic, 'freshet.records': records };
          const options = { kind: SpanKind.CLIENT, startTime, attributes };
          tracer.startSpan('write serving store', options, contextOf(headers)).end(endTime);
        }
      },
    };
  }
}

type Batches = Parameters<SinkTarget['write']>[0];

/** What one span has caused. */
interface Caused {
  readonly headers: TraceHeaders;
  /** Of the first record. */
  readonly topic: string;
  records: number;
}

/** By what caused them, a bounded number of them: a stage writes several records for one event. */
function byParent(batches: Batches): Iterable<Caused> {
  const found = new Map<string, Caused>();
  for (const { topic, records } of batches) {
    for (const { headers } of records) {
      const { traceparent } = headers;
      if (traceparent === undefined || sampledContext(headers) === undefined) continue;
      const known = found.get(traceparent);
      if (known !== undefined) known.records += 1;
      else if (found.size < SPANS_PER_BATCH_MAX) found.set(traceparent, { headers, topic, records: 1 });
    }
  }
  return found.values();
}

function openSpan(span: Span): OpenSpan {
  return {
    headers: headersOf(span.spanContext()),
    end: ({ status, error }) => {
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      // No message: it may hold what somebody sent.
      if (error !== undefined || (status ?? 0) >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

const traceparentFormat = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** What the headers of a record or a request name as the parent. */
function spanContext({ traceparent, tracestate }: TraceHeaders): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = traceparentFormat.exec(traceparent ?? '') ?? [];
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(context) ? context : undefined;
}

function sampledContext(headers: TraceHeaders): SpanContext | undefined {
  if (headers['traceparent'] === undefined) return undefined;
  const context = spanContext(headers);
  return context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0 ? context : undefined;
}

function contextOf(headers: TraceHeaders | undefined): Context {
  const parent = headers === undefined ? undefined : spanContext(headers);
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}

function headersOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceHeaders {
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  const tracestate = traceState?.serialize() ?? '';
  return tracestate === '' ? { traceparent } : { traceparent, tracestate };
}

type Place = Pick<LogRecord, 'topic' | 'partition' | 'offset'>;

function spanIdOf(traceId: string, stage: string, { topic, partition, offset }: Place): string {
  return hash('sha256', `${traceId}/${stage}/${topic}/${partition}/${offset}`).slice(0, 16);
}

/** Random ids, but for the next span when it was given one. */
class GivenSpanIds implements IdGenerator {
  next: string | undefined;
  readonly #random = new RandomIdGenerator();

  generateTraceId(): string {
    return this.#random.generateTraceId();
  }

  generateSpanId(): string {
    const given = this.next;
    this.next = undefined;
    return given ?? this.#random.generateSpanId();
  }
}

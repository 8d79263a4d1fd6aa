// W3C Trace Context: what a caller sends in traceparent and tracestate goes into the headers of the records that the request
// appends, so that whoever reads the log can go on with the trace.
//
// Where no spans are recorded it is passed on as it came: an id of our own in between would name a parent that no tracing system
// has ever heard of. For the same reason a request without a trace begins none then.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayLog } from '../dependencies.ts';

export type TraceHeaders = Readonly<Record<string, string>>;

/** Records spans, when it is told where to send them. */
export interface RequestTracing {
  /** Begins the span of a request; undefined when this one is not recorded. `route` names nobody, an address may. */
  begin(request: { method: string; route: string; headers: TraceHeaders | undefined }): OpenSpan | undefined;
  /** Begins the span of what is appended within a trace; undefined when that is not recorded. */
  append(within: TraceHeaders, topic: string, records: number): OpenSpan | undefined;
}

/** A span that has begun. `end` is called once. */
export interface OpenSpan {
  /** For whatever goes on from here. */
  readonly headers: TraceHeaders;
  end(how: { readonly status?: number; readonly error?: unknown }): void;
}

const traceparentFormat = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
const traceparentCharacters = '00-'.length + 32 + '-'.length + 16 + '-00'.length;
const tracestateFormat = /^[\x20-\x7e]{1,512}$/;

/** What to pass on; undefined when there is nothing that can be understood. */
export function traceHeadersOf({ traceparent, tracestate }: IncomingHttpHeaders): TraceHeaders | undefined {
  if (typeof traceparent !== 'string' || !isTraceparent(traceparent)) return undefined;
  // A later version may say more behind; what of it is known here is said in the version known here.
  const own = `00${traceparent.slice(2, traceparentCharacters)}`;
  return typeof tracestate === 'string' && tracestateFormat.test(tracestate)
    ? { traceparent: own, tracestate }
    : { traceparent: own };
}

const current = new AsyncLocalStorage<TraceHeaders>();

/** Whatever `work` appends to a `tracedLog` carries the headers. */
export function inTrace<T>(headers: TraceHeaders | undefined, work: () => T): T {
  return headers === undefined ? work() : current.run(headers, work);
}

/** What the work under way belongs to. */
export function currentTrace(): TraceHeaders | undefined {
  return current.getStore();
}

export function tracedLog(log: GatewayLog, tracing?: RequestTracing): GatewayLog {
  return {
    append: (records, options) => {
      const within = current.getStore();
      if (within === undefined) return log.append(records, options);
      const span = tracing?.append(within, records[0]?.topic ?? '', records.length);
      const headers = span?.headers ?? within;
      const traced = records.map((record) => ({ ...record, headers: { ...record.headers, ...headers } }));
      const appended = log.append(traced, options);
      return span === undefined ? appended : ending(span, appended);
    },
    openReader: (from) => log.openReader(from),
    offsets: (partition) => log.offsets(partition),
  };
}

function isTraceparent(text: string): boolean {
  if (!traceparentFormat.test(text)) return false;
  return !text.startsWith('00-') || text.length === traceparentCharacters;
}

async function ending<T>(span: OpenSpan, work: Promise<T>): Promise<T> {
  try {
    const done = await work;
    span.end({});
    return done;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}

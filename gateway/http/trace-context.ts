// W3C Trace Context: what a caller sends in traceparent and tracestate goes into the headers of the records that the request
// appends, so that whoever reads the log can go on with the trace.
//
// It is passed on as it came. Freshet records no spans: an id of its own in between would name a parent that no tracing system
// has ever heard of. For the same reason a request without a trace begins none.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayLog } from '../dependencies.ts';

export type TraceHeaders = Readonly<Record<string, string>>;

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

export function tracedLog(log: GatewayLog): GatewayLog {
  return {
    append: (records, options) => {
      const headers = current.getStore();
      if (headers === undefined) return log.append(records, options);
      return log.append(
        records.map((record) => ({ ...record, headers: { ...record.headers, ...headers } })),
        options,
      );
    },
    openReader: (from) => log.openReader(from),
    offsets: (partition) => log.offsets(partition),
  };
}

function isTraceparent(text: string): boolean {
  if (!traceparentFormat.test(text)) return false;
  return !text.startsWith('00-') || text.length === traceparentCharacters;
}

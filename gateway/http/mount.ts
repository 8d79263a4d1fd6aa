// Mounts routes on Express and does for all of them what each would forget: access, limits, errors, metrics, log lines.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import { ClientGone, isUnavailable, Problem } from '../errors.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { MaybePromise } from '../../serving/serving-store.ts';
import type { HttpMetrics, RouteTimer } from '../metrics.ts';
import { admit, identification, isForBrowsers, type Caller } from './access.ts';
import { jsonType, problemAnswer, send } from './answer.ts';
import { CrossOrigin } from './cors.ts';
import { alwaysAnswered } from './front-door.ts';
import { requestLimits, type LimitMemory } from './limits.ts';
import { mustAccept } from './negotiation.ts';
import { PlainRoutes, type PathParams } from './plain-routes.ts';
import { bodyReader } from './read-body.ts';
import { requestIdOf } from './request-id.ts';
import { answeredItself, type ApiRequest, type Route } from './route.ts';
import { inTrace, traceHeadersOf, type OpenSpan, type RequestTracing } from './trace-context.ts';

export interface MountOptions {
  readonly routes: readonly Route[];
  /** What is served to anybody as it is. */
  readonly pages: readonly { readonly router: Router; readonly paths: readonly string[] }[];
  readonly keys: KeyRing;
  readonly nowMs: () => number;
  readonly settings: Settings;
  /** With it other gateways count towards the same limits. */
  readonly limits?: LimitMemory;
  readonly metrics: HttpMetrics;
  readonly logger: Logger;
  readonly tracing?: RequestTracing | undefined;
  /** Answers are in here while they are worked on. */
  readonly inFlight: Set<ServerResponse>;
}

export function mount(options: MountOptions): RequestListener {
  const { routes, pages, settings, keys, nowMs, metrics } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  // A path with a slash too many is another path: caches and access rules in front of us see two of them as well.
  app.enable('strict routing');
  app.enable('case sensitive routing');

  const common: Common = {
    ...options,
    identify: identification(keys, nowMs),
    limit: requestLimits(settings, nowMs, options.limits),
    crossOrigin: new CrossOrigin(settings, keys),
    readBody: bodyReader(settings),
  };
  const plain = new PlainRoutes<Mounted>();
  for (const [path, ofPath] of byPath(routes)) {
    for (const route of ofPath) {
      const mounted = asMounted(route, metrics);
      plain.add(route.method, path, mounted);
      // Express types a parameter as a list too, for wildcards in paths; ours have none.
      const handler = (request: Request, response: Response) =>
        answer(mounted, request.params as PathParams, request, response, common);
      if (route.method === 'GET') app.get(path, handler);
      else if (route.method === 'POST') app.post(path, handler);
      else if (route.method === 'PUT') app.put(path, handler);
      else if (route.method === 'PATCH') app.patch(path, handler);
      else app.delete(path, handler);
    }
    refuseOtherMethods(path, ofPath);
  }
  for (const { router, paths } of pages) {
    app.use(router);
    for (const path of paths) refuseOtherMethods(path, [{ method: 'GET', path }]);
  }
  const elsewhere = metrics.timer('OTHER', 'unknown');
  app.use((request, response) => {
    const detail = 'There is nothing at this address.';
    fail(new Problem(404, detail), beginning(request, response, 'unknown', elsewhere), common);
  });
  // Four parameters make it an error handler: what arrives here is a path that Express could not decode.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    fail(error, beginning(request, response, 'unknown', elsewhere), common),
  );
  return (request, response) => {
    const found = plain.find(request.method ?? '', request.url ?? '');
    if (found === undefined) app(request, response);
    else answer(found.of, found.params, request, response, common);
  };

  function refuseOtherMethods(path: string, there: readonly Methods[]): void {
    const timer = metrics.timer('OTHER', path);
    app.all(path, (request, response) => refuseMethod(there, beginning(request, response, path, timer), common));
  }
}

/** Of a route, what a refusal of other methods has to know. */
type Methods = Pick<Route, 'method' | 'path'>;

type Handled = Awaited<ReturnType<Route['handle']>>;
type Logging = Pick<MountOptions, 'logger'>;

interface Common extends MountOptions {
  readonly identify: ReturnType<typeof identification>;
  readonly limit: ReturnType<typeof requestLimits>;
  readonly crossOrigin: CrossOrigin;
  readonly readBody: ReturnType<typeof bodyReader>;
}

/** A route, and what can be known of it before anybody asks. */
interface Mounted {
  readonly route: Route;
  readonly timer: RouteTimer;
  readonly isRead: boolean;
  readonly forBrowsers: boolean;
  readonly isLimited: boolean;
  /** A stream has no end worth waiting for, and those who look after us look too often. */
  readonly isTraced: boolean;
}

/** One request on its way to an answer. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The route's path, which names nobody; the request's own may. */
  readonly path: string;
  readonly timer: RouteTimer;
  readonly startedMs: number;
  readonly requestId: string;
  /** For the answer, whatever it is. */
  headers: Readonly<Record<string, string>> | undefined;
  span: OpenSpan | undefined;
}

function asMounted(route: Route, metrics: HttpMetrics): Mounted {
  return {
    route,
    timer: metrics.timer(route.method, route.path),
    isRead: route.method === 'GET',
    forBrowsers: isForBrowsers(route),
    isLimited: !alwaysAnswered.has(route.path),
    isTraced: route.streams === undefined && !alwaysAnswered.has(route.path),
  };
}

function beginning(request: IncomingMessage, response: ServerResponse, path: string, timer: RouteTimer): Exchange {
  return {
    request,
    response,
    path,
    timer,
    startedMs: performance.now(),
    requestId: requestIdOf(request),
    headers: undefined,
    span: undefined,
  };
}

/** What is there at once is answered at once: a promise would let everything else that waits go first. */
function answer(
  mounted: Mounted,
  params: PathParams,
  request: IncomingMessage,
  response: ServerResponse,
  common: Common,
): void {
  const exchange = beginning(request, response, mounted.route.path, mounted.timer);
  if (common.tracing !== undefined && mounted.isTraced) exchange.span = spanOf(exchange, mounted, common.tracing);
  try {
    const result = handled(mounted, params, exchange, common);
    if (!(result instanceof Promise)) return conclude(result, mounted, exchange, common);
    common.inFlight.add(response);
    result.then(
      (later) => {
        common.inFlight.delete(response);
        conclude(later, mounted, exchange, common);
      },
      (error: unknown) => {
        common.inFlight.delete(response);
        fail(error, exchange, common);
      },
    );
  } catch (error) {
    fail(error, exchange, common);
  }
}

/** @throws Problem, or whatever the route throws */
function handled(mounted: Mounted, params: PathParams, exchange: Exchange, common: Common): MaybePromise<Handled> {
  const { route, isRead } = mounted;
  const { request } = exchange;
  const caller = welcome(mounted, exchange, common);
  const asked = apiRequest(exchange, params, caller, common);
  if (route.streams !== undefined) mustAccept(request, route.streams);
  if (isRead) return route.handle(asked);
  // A write is refused before it is done; what a read answers is known afterwards.
  mustAccept(request, jsonType);
  return inTrace(exchange.span?.headers ?? traceHeadersOf(request.headers), () => route.handle(asked));
}

function spanOf({ request }: Exchange, { route }: Mounted, tracing: RequestTracing): OpenSpan | undefined {
  return tracing.begin({ method: route.method, route: route.path, headers: traceHeadersOf(request.headers) });
}

function conclude(result: Handled, { isRead }: Mounted, exchange: Exchange, common: Common): void {
  const { request, response } = exchange;
  try {
    if (result === answeredItself) return exchange.span?.end({});
    if (isRead && result.body !== '') mustAccept(request, result.contentType);
    send(response, result, exchange.requestId, exchange.headers);
    ended(exchange, result.status, common);
  } catch (error) {
    fail(error, exchange, common);
  }
}

/** @throws Problem 401, 403 or 429 */
function welcome({ route, forBrowsers, isLimited }: Mounted, exchange: Exchange, common: Common): Caller {
  const { request } = exchange;
  exchange.headers = common.crossOrigin.headersFor(request, forBrowsers);
  const caller = common.identify(request);
  // Before access is refused: whoever tries keys is slowed down too.
  if (isLimited) {
    const { headers, refusal, limit } = common.limit(caller, request);
    if (headers !== undefined)
      exchange.headers = exchange.headers === undefined ? headers : { ...exchange.headers, ...headers };
    if (refusal !== undefined) {
      common.metrics.refused(`limit_per_${limit}`);
      throw refusal;
    }
  }
  admit(caller, route, request.headers.origin);
  return caller;
}

function apiRequest(
  { request, response, requestId, headers }: Exchange,
  params: PathParams,
  caller: Caller,
  { readBody }: Common,
): ApiRequest {
  return {
    params,
    query: queryOf(request),
    may: caller.may,
    json: () => readBody(request, (then) => response.on('close', then)),
    incoming: request,
    outgoing: response,
    headers,
    requestId,
  };
}

const noQuery = new URLSearchParams();

function queryOf({ url }: IncomingMessage): URLSearchParams {
  const mark = url?.indexOf('?') ?? -1;
  return mark < 0 || url === undefined ? noQuery : new URLSearchParams(url.slice(mark + 1));
}

function fail(error: unknown, exchange: Exchange, { logger }: Logging): void {
  const { request, response, requestId } = exchange;
  if (error instanceof ClientGone) {
    exchange.span?.end({ error });
    return void response.destroy();
  }
  const result = problemAnswer(error, requestId);
  if (result.status >= 500) {
    // What is known to happen under load or on a full disk is one line; a stack is for what should not happen.
    const fields = { request_id: requestId, status: result.status };
    if (error instanceof Problem || isUnavailable(error)) logger.warn({ ...fields, reason: error.message }, 'refused');
    else logger.error({ ...fields, err: error }, 'request failed');
  }
  send(response, result, requestId, exchange.headers);
  // What is left of a body that nobody read would be taken for the next request.
  request.resume();
  ended(exchange, result.status, { logger });
}

function ended(exchange: Exchange, status: number, { logger }: Logging): void {
  const { request, requestId, path, timer, startedMs, span } = exchange;
  timer(status, performance.now() - startedMs);
  span?.end({ status });
  logger.debug({ request_id: requestId, route: path, method: request.method, status }, 'request');
}

function refuseMethod(routes: readonly Methods[], exchange: Exchange, common: Common): void {
  const { request, response } = exchange;
  const methods = routes.map(({ method }) => method);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    const headers = { allow, ...preflightHeaders(routes, request, common) };
    response.writeHead(204, { ...headers, 'x-request-id': exchange.requestId }).end();
    return ended(exchange, 204, common);
  }
  exchange.headers = common.crossOrigin.headersFor(request, routes.some(isForBrowsers));
  fail(new Problem(405, `Use one of: ${allow}.`, { headers: { allow } }), exchange, common);
}

function preflightHeaders(routes: readonly Methods[], request: IncomingMessage, { crossOrigin }: Common) {
  const wanted = request.headers['access-control-request-method'];
  const route = routes.find(({ method }) => method === (wanted === 'HEAD' ? 'GET' : wanted));
  return (
    (route && crossOrigin.preflightHeaders(request, wanted ?? '', isForBrowsers(route))) ??
    crossOrigin.headersFor(request, false)
  );
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  return Map.groupBy(routes, ({ path }) => path);
}

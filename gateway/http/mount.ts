// Mounts routes on Express and does for all of them what each would forget: access, errors, metrics, request ids, log lines.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response, type Router } from 'express';
import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import { ClientGone, isUnavailable, Problem } from '../errors.ts';
import type { HttpMetrics, RouteTimer } from '../metrics.ts';
import { accessControl, forbidden } from './access.ts';
import { problemAnswer, send } from './answer.ts';
import { bodyReader } from './read-body.ts';
import { answeredItself, type ApiRequest, type Route } from './route.ts';

export interface MountOptions {
  readonly routes: readonly Route[];
  /** What is served to anybody as it is. */
  readonly routers: readonly Router[];
  readonly settings: Settings;
  readonly metrics: HttpMetrics;
  readonly logger: Logger;
}

export function mount({ routes, routers, settings, metrics, logger }: MountOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  // A path with a slash too many is another path: caches and access rules in front of us see two of them as well.
  app.enable('strict routing');
  app.enable('case sensitive routing');

  const access = accessControl(settings);
  const readBody = bodyReader(settings);
  for (const [path, ofPath] of byPath(routes)) {
    for (const route of ofPath) {
      const timer = metrics.timer(route.method, path);
      const handler = (request: Request, response: Response) =>
        void answer(route, { request, response, access, readBody, timer, logger });
      if (route.method === 'GET') app.get(path, handler);
      else if (route.method === 'POST') app.post(path, handler);
      else if (route.method === 'PUT') app.put(path, handler);
      else if (route.method === 'PATCH') app.patch(path, handler);
      else app.delete(path, handler);
    }
    const otherwise = metrics.timer('OTHER', path);
    app.all(path, (request, response) => refuseMethod(ofPath, request, response, otherwise));
  }
  for (const router of routers) app.use(router);
  const elsewhere = metrics.timer('OTHER', 'unknown');
  app.use((request, response) => {
    const detail = 'There is nothing at this address.';
    fail(new Problem(404, detail), request, response, elsewhere, logger);
  });
  // Four parameters make it an error handler: what arrives here is a path that Express could not decode.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) =>
    fail(error, request, response, elsewhere, logger),
  );
  return app;
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly access: ReturnType<typeof accessControl>;
  readonly readBody: ReturnType<typeof bodyReader>;
  readonly timer: RouteTimer;
  readonly logger: Logger;
}

async function answer(route: Route, exchange: Exchange): Promise<void> {
  const { request, response, timer, logger } = exchange;
  const startedMs = performance.now();
  const requestId = idOf(request);
  try {
    const may = exchange.access(request, route.scope === 'open');
    if (route.scope !== 'open' && !may(route.scope)) throw forbidden(route.scope);
    const result = await route.handle(apiRequest(exchange, may, requestId));
    if (result === answeredItself) return;
    send(response, result, requestId);
    timer(result.status, performance.now() - startedMs);
    logger.debug({ request_id: requestId, route: route.path, method: route.method, status: result.status }, 'request');
  } catch (error) {
    fail(error, request, response, timer, logger, startedMs, requestId);
  }
}

function apiRequest(exchange: Exchange, may: ApiRequest['may'], requestId: string): ApiRequest {
  const { request, response, readBody } = exchange;
  return {
    // Express types a parameter as a list too, for wildcards in paths; ours have none.
    params: request.params as Readonly<Record<string, string>>,
    query: queryOf(request),
    may,
    json: () => readBody(request, (then) => response.on('close', then)),
    incoming: request,
    outgoing: response,
    requestId,
  };
}

const noQuery = new URLSearchParams();

function queryOf({ url }: IncomingMessage): URLSearchParams {
  const mark = url?.indexOf('?') ?? -1;
  return mark < 0 || url === undefined ? noQuery : new URLSearchParams(url.slice(mark + 1));
}

function fail(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  timer: RouteTimer,
  logger: Logger,
  startedMs = performance.now(),
  requestId = idOf(request),
): void {
  if (error instanceof ClientGone) return void response.destroy();
  const result = problemAnswer(error, requestId);
  // The path is not logged: it may name a customer.
  if (result.status >= 500) {
    // What is known to happen under load or on a full disk is one line; a stack is for what should not happen.
    const fields = { request_id: requestId, status: result.status };
    if (error instanceof Problem || isUnavailable(error)) logger.warn({ ...fields, reason: error.message }, 'refused');
    else logger.error({ ...fields, err: error }, 'request failed');
  }
  send(response, result, requestId);
  // What is left of a body that nobody read would be taken for the next request.
  request.resume();
  timer(result.status, performance.now() - startedMs);
}

function refuseMethod(routes: readonly Route[], request: Request, response: Response, timer: RouteTimer): void {
  const methods = routes.map(({ method }) => method);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  const requestId = idOf(request);
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { allow, 'x-request-id': requestId }).end();
    return timer(204, 0);
  }
  const problem = new Problem(405, `Use one of: ${allow}.`, { headers: { allow } });
  send(response, problemAnswer(problem, requestId), requestId);
  request.resume();
  timer(405, 0);
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  return Map.groupBy(routes, ({ path }) => path);
}

const processId = randomBytes(6).toString('base64url');
let requests = 0;

/** The caller's own id when it is harmless in a log line; otherwise one that is unique without asking for randomness each time. */
function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given)) return given;
  requests += 1;
  return `${processId}-${requests.toString(36)}`;
}

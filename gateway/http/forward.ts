// Lets one thread handle what another one received: what writes remembers what was written just before (a withdrawal on its way, a request
// that is sent again, whose turn it is), so of all threads one does the writing.
import type { IncomingMessage, IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Scope } from '../../config/value-kinds.ts';
import { Problem } from '../errors.ts';
import { problemAnswer, type Answer } from './answer.ts';
import { answeredItself, type ApiRequest, type Route } from './route.ts';
import { currentTrace, inTrace, traceHeadersOf } from './trace-context.ts';

/** A request that was let in and read, in a form that can change threads. */
export interface Forwarded {
  readonly method: Route['method'];
  readonly path: Route['path'];
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly scopes: readonly Scope[];
  /** As JSON.parse gave it; undefined where the method has none. */
  readonly body: unknown;
  readonly requestId: string;
}

export type HandleForwarded = (request: Forwarded) => Promise<Answer>;

const scopes: readonly Scope[] = ['ingest', 'read', 'admin'];

/** What only reads needs nobody else. */
export function isRead({ method, scope }: Pick<Route, 'method' | 'scope'>): boolean {
  return method === 'GET' || scope === 'read';
}

/** The same route, handled elsewhere. */
export function forwarded(route: Route, handleElsewhere: HandleForwarded): Route {
  const { method, path } = route;
  return {
    ...route,
    handle: async (request) =>
      handleElsewhere({
        method,
        path,
        params: { ...request.params },
        query: request.query.toString(),
        url: request.incoming.url,
        // The span that began here is the parent of what happens there.
        headers: { ...request.incoming.headers, ...currentTrace() },
        scopes: scopes.filter((scope) => request.may(scope)),
        body: method === 'DELETE' ? undefined : await request.json(),
        requestId: request.requestId,
      }),
  };
}

/** Handles what was forwarded from threads with the same routes; what is wrong with a request is an answer, too. */
export function handlerOfForwarded(routes: readonly Route[]): HandleForwarded {
  const byName = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return async (request) => {
    const route = byName.get(`${request.method} ${request.path}`);
    try {
      if (route === undefined) throw new Problem(404, 'There is nothing at this address.');
      const answer = await inTrace(traceHeadersOf(request.headers), () => route.handle(apiRequest(request)));
      if (answer === answeredItself) throw new Error(`${request.path} can't be handled in another thread`);
      return answer;
    } catch (error) {
      return problemAnswer(error, request.requestId);
    }
  };
}

function apiRequest({ params, query, url, headers, scopes: allowed, body, requestId }: Forwarded): ApiRequest {
  return {
    params,
    query: new URLSearchParams(query),
    may: (scope) => allowed.includes(scope),
    json: async () => body,
    // Of the connection, which is another thread's, there is only what was asked.
    incoming: { headers, url } as IncomingMessage,
    outgoing: {} as ServerResponse,
    headers: undefined,
    requestId,
  };
}

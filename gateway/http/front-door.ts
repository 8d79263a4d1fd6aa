// What is decided before a request is routed: whether there is room for it, and whether it is one at all. Turning away has to
// cost next to nothing, as it is done when there is nothing to spare.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Problem } from '../errors.ts';
import type { HttpMetrics } from '../metrics.ts';
import { problemAnswer, problemType, send } from './answer.ts';
import { tooLarge } from './read-body.ts';
import { requestIdOf } from './request-id.ts';
import { WaitingLine } from './waiting-line.ts';

export interface FrontDoorOptions {
  readonly app: RequestListener;
  /** Answers that are being worked on. */
  readonly inFlight: ReadonlySet<ServerResponse>;
  readonly inFlightMax: number;
  readonly waitMsMax: number;
  readonly metrics: Pick<HttpMetrics, 'refused'>;
  /** Called for each request that is turned away because it would have to wait too long. */
  readonly onOverload: () => void;
}

export interface FrontDoor {
  readonly listener: RequestListener;
  /** What is still to be answered, in the order in which it came. */
  readonly unanswered: () => readonly ServerResponse[];
}

/** Who runs Freshet has to see how it is doing most of all when it is not doing well. */
export const alwaysAnswered: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** The problem as text up to the request's id: made once, not when there is no time. */
const busyStart = problemAnswer(
  new Problem(503, 'More requests are coming in than can be answered. Try again after Retry-After.'),
  '',
).body.slice(0, -'"}'.length);

export function frontDoor(options: FrontDoorOptions): FrontDoor {
  const { app, inFlight, inFlightMax, waitMsMax, metrics, onOverload } = options;
  const line = new WaitingLine({
    serve: app,
    turnAway: (request, response) => {
      metrics.refused('overload');
      onOverload();
      turnAway(request, response);
    },
    waitMsMax,
    nowMs: () => performance.now(),
    nextTurn: (then) => setImmediate(then),
  });
  const listener: RequestListener = (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === '1.1')
      return refuse(new Problem(400, 'The header Host is missing. HTTP/1.1 asks for it.'), request, response);
    if (alwaysAnswered.has(request.url ?? '')) return app(request, response);
    if (inFlight.size + line.length < inFlightMax) return line.enter(request, response);
    metrics.refused('in_flight');
    turnAway(request, response);
  };
  return { listener, unanswered: () => [...inFlight, ...line.responses()] };
}

/** Answers a request whose header Expect asks for something that is not 100-continue. */
export const refuseExpectation: RequestListener = (request, response) =>
  refuse(new Problem(417, 'Leave out the header Expect, or send 100-continue in it.'), request, response);

/** Answers a request that asks whether it may send its body (`Expect: 100-continue`): not one that would be refused as too large. */
export function bodyAsked(listener: RequestListener, bytesMax: number): RequestListener {
  return (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) return refuse(tooLarge(bytesMax), request, response);
    response.writeContinue();
    listener(request, response);
  };
}

function turnAway(request: IncomingMessage, response: ServerResponse): void {
  const requestId = requestIdOf(request);
  const headers = { 'retry-after': '1' };
  send(response, { status: 503, body: `${busyStart}${requestId}"}`, contentType: problemType, headers }, requestId);
  // Its body, which nobody reads, must not be taken for the next request.
  request.resume();
}

function refuse(problem: Problem, request: IncomingMessage, response: ServerResponse): void {
  const requestId = requestIdOf(request);
  send(response, problemAnswer(problem, requestId), requestId);
  request.resume();
}

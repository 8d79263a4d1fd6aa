// A route as data: handlers see what was asked, not the server, so that the composition root can add its own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '../../config/value-kinds.ts';
import type { Contract } from '../contract/declare.ts';
import type { Answer } from './answer.ts';

export interface ApiRequest {
  /** Decoded parts of the path, by their name in the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** What follows `?`. */
  readonly query: URLSearchParams;
  /** True when the caller may do more than the route asks for. */
  may(scope: Scope): boolean;
  /**
   * The body as JSON.
   *
   * @throws Problem 400, 413, 415 or 503
   */
  json(): Promise<unknown>;
  /** For a handler that reads or writes a stream; it then answers `answeredItself`. */
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** What its answer has to say to this caller, of limits and of origins. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
}

export const answeredItself: unique symbol = Symbol('answered itself');

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Express style: `/api/v1/items/:item_id`. Also the metrics' label. */
  readonly path: string;
  /** Who may call it; `open` also without a key. */
  readonly scope: Scope | 'open';
  /** The media type of the stream, for a handler that answers itself. */
  readonly streams?: string;
  /** What the API's document says of it. */
  readonly contract?: Contract;
  handle(request: ApiRequest): Answer | typeof answeredItself | Promise<Answer | typeof answeredItself>;
}

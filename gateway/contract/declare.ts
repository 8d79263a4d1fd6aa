// Declares a route as data. What it says of parameters and body is what requests are held against and what the API's document shows,
// so that neither can promise what the other doesn't keep.
import type { Scope } from '../../config/value-kinds.ts';
import type { Wrong } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { answeredItself, ApiRequest, Route } from '../http/route.ts';
import type { JsonSchema } from './json-schema.ts';
import { pathReader, queryReader, refuseWrongParameters, type Parameter, type Parameters } from './parameters.ts';

/** What the document says of a route beside its method, path and scope. */
export interface Contract {
  /** Never changed once released: generated clients name their methods after it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Paragraphs, with `code` in backticks. */
  readonly description?: string;
  readonly path: Readonly<Record<string, Parameter<unknown>>>;
  readonly query: Readonly<Record<string, Parameter<unknown>>>;
  readonly body?: Pick<Body<unknown>, 'schema' | 'description'>;
  /** By status. Those that every route may answer (401, 503 …) are added by the document. */
  readonly answers: Readonly<Record<number, AnswerContract>>;
  readonly examples: readonly Example[];
}

export interface AnswerContract {
  readonly description: string;
  /** undefined: no body. */
  readonly schema?: JsonSchema;
  /** `application/json` when left out. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, HeaderContract>>;
}

interface HeaderContract {
  readonly description: string;
  /** Whether the answer always has it. */
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** A call that a test makes, and what it answers. */
export interface Example {
  readonly name: string;
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  /** As it is shown; ids, times and numbers of a real answer differ. */
  readonly answer: unknown;
}

type Values = Readonly<Record<string, unknown>>;

/** How a body is read. */
export interface Body<B> {
  readonly schema: JsonSchema;
  readonly description?: string;
  /**
   * `path`: what was read of the address.
   *
   * @throws Problem 422
   */
  read(raw: unknown, path: Values): B;
}

export interface Asked<P, Q, B> {
  readonly path: P;
  readonly query: Q;
  readonly body: B;
}

type Handled = Answer | typeof answeredItself;

interface Declaration<P, Q, B> extends Omit<Contract, 'path' | 'query' | 'body'> {
  readonly method: Route['method'];
  readonly at: string;
  readonly scope: Scope | 'open';
  readonly streams?: string;
  readonly path?: Parameters<P>;
  readonly query?: Parameters<Q>;
  readonly body?: Body<B>;
  readonly handle: (asked: Asked<P, Q, B>, request: ApiRequest) => Handled | Promise<Handled>;
}

export function route<P extends object = {}, Q extends object = {}, B = undefined>(
  declaration: Declaration<P, Q, B>,
): Route {
  const {
    method,
    at,
    scope,
    streams,
    handle,
    body,
    path = {} as Parameters<P>,
    query = {} as Parameters<Q>,
  } = declaration;
  const readPath = pathReader(path);
  const readQuery = queryReader(query);
  const parameters = (request: ApiRequest) => {
    const wrong: Wrong[] = [];
    const read = { path: readPath(request.params, wrong), query: readQuery(request.query, wrong) };
    refuseWrongParameters(wrong);
    return read;
  };
  return {
    method,
    path: at,
    scope,
    ...(streams !== undefined && { streams }),
    contract: { ...declaration, path, query },
    handle:
      body === undefined
        ? // B is undefined when no body is declared.
          (request) => handle({ ...parameters(request), body: undefined as B }, request)
        : async (request) => {
            const read = parameters(request);
            return handle({ ...read, body: body.read(await request.json(), { ...read.path } as Values) }, request);
          },
  };
}

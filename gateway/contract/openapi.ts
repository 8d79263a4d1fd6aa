// Makes the API's document, OpenAPI 3.1, of the routes' declarations.
import type { Route } from '../http/route.ts';
import { idempotencyKeys, takesIdempotencyKey } from '../idempotency/idempotency-key.ts';
import { problem, problemAnswer, retryAfter } from './common.ts';
import type { AnswerContract, Contract, Example } from './declare.ts';
import { nameOf, type JsonSchema } from './json-schema.ts';
import type { Parameter } from './parameters.ts';

type Document = Readonly<Record<string, unknown>>;
type DeclaredRoute = Route & { readonly contract: Contract };

const description = `Send what customers do, read what to offer them next. Bodies are JSON in UTF-8, fields are in snake_case, times are RFC 3339.

Without \`API_KEYS\` no key is asked for, and only requests to this machine are answered. With keys, each route needs the scope that it names; \`admin\` includes the others.

A parameter that is not declared here is refused. A field of a body that nobody reads is accepted, and named in \`ignored\`.`;

/** Routes without a contract are left out. */
export function openApiDocument(routes: readonly Route[], version: string): Document {
  const components = new Components();
  const declared = routes.filter((route): route is DeclaredRoute => route.contract !== undefined);
  const paths = Object.fromEntries(
    [...Map.groupBy(declared, ({ path }) => templated(path))].map(([path, ofPath]) => [
      path,
      Object.fromEntries(ofPath.map((route) => [route.method.toLowerCase(), operation(route, components)])),
    ]),
  );
  return {
    openapi: '3.1.1',
    info: { title: 'Freshet', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: [...new Set(declared.map(({ contract }) => contract.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A key of API_KEYS.' },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-API-Key',
          description: 'The same key in a header of its own.',
        },
      },
      schemas: components.schemas(),
    },
  };
}

function operation(route: DeclaredRoute, components: Components): Document {
  const { contract, scope } = route;
  return {
    operationId: contract.id,
    tags: [contract.tag],
    summary: contract.summary,
    description: [contract.description, scope === 'open' ? 'Needs no key.' : `Needs the scope \`${scope}\`.`]
      .filter((paragraph) => paragraph !== undefined)
      .join('\n\n'),
    ...(scope === 'open' ? { security: [] } : { security: [{ bearer: [] }, { apiKey: [] }, {}] }),
    'x-scope': scope,
    parameters: [
      ...parametersIn('path', contract, components),
      ...parametersIn('query', contract, components),
      ...(takesIdempotencyKey(route) ? [idempotencyKey] : []),
    ],
    ...(contract.body !== undefined && { requestBody: requestBody(contract, contract.body, components) }),
    responses: responses(route, components),
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Who sends the same request again with the same key gets the first answer again, and nothing is done twice.',
  schema: { type: 'string', pattern: idempotencyKeys.source },
};

function parametersIn(place: 'path' | 'query', contract: Contract, components: Components): Document[] {
  return Object.entries(contract[place]).map(([name, parameter]) => ({
    name: parameter.isPrefix === true ? name.replace(/\.$/, '') : name,
    in: place,
    description: parameter.description,
    required: place === 'path',
    schema: components.resolved(parameter.schema),
    ...serialisation(parameter),
    ...exampleValues(
      parameter,
      contract.examples.map((each) => [each, each[place]?.[name]]),
    ),
  }));
}

/** Lists are written with commas. Names with a common beginning may also be written `context.page`, which OpenAPI has no style for. */
function serialisation({ isRepeatable, isPrefix }: Parameter<unknown>): Document {
  if (isPrefix === true) return { style: 'deepObject', explode: true, 'x-prefix': true };
  return isRepeatable === true ? { style: 'form', explode: false } : {};
}

function exampleValues(
  parameter: Parameter<unknown>,
  values: readonly (readonly [Example, string | undefined])[],
): Document {
  const given = values.filter(([, value]) => value !== undefined);
  if (given.length === 0) return {};
  return {
    examples: Object.fromEntries(
      given.map(([{ name, summary }, value]) => [name, { summary, value: asJson(value ?? '', parameter.schema) }]),
    ),
  };
}

/** The document's examples are values, not texts. */
function asJson(text: string, { type }: JsonSchema): unknown {
  if (type === 'integer' || type === 'number') return Number(text);
  if (type === 'boolean') return text === 'true';
  return type === 'array' ? text.split(',') : text;
}

function requestBody(
  { examples }: Contract,
  { schema, description: what }: NonNullable<Contract['body']>,
  components: Components,
): Document {
  const given = examples.filter(({ body }) => body !== undefined);
  return {
    ...(what !== undefined && { description: what }),
    required: true,
    content: {
      'application/json': {
        schema: components.resolved(schema),
        ...(given.length > 0 && { examples: byName(given, ({ body }) => body) }),
      },
    },
  };
}

function responses(route: DeclaredRoute, components: Components): Document {
  const { contract } = route;
  const answers: Record<number, AnswerContract> = { ...commonAnswers(route), ...contract.answers };
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      response(
        answer,
        contract.examples.filter((example) => example.status === Number(status)),
        components,
      ),
    ]),
  );
}

function response(answer: AnswerContract, examples: readonly Example[], components: Components): Document {
  const { schema, contentType = 'application/json', headers } = answer;
  return {
    description: answer.description,
    headers: { ...requestIdHeader, ...headers },
    ...(schema !== undefined && {
      content: {
        [contentType]: {
          schema: components.resolved(schema),
          ...(examples.length > 0 && { examples: byName(examples, ({ answer: shown }) => shown) }),
        },
      },
    }),
  };
}

const requestIdHeader = {
  'X-Request-Id': { description: 'Names this request.', required: true, schema: { type: 'string' } },
};

function byName(examples: readonly Example[], valueOf: (example: Example) => unknown): Document {
  return Object.fromEntries(
    examples.map((example) => [example.name, { summary: example.summary, value: valueOf(example) }]),
  );
}

/** What every route may answer beside its own. */
function commonAnswers(route: DeclaredRoute): Record<number, AnswerContract> {
  const { scope, contract } = route;
  const { body, path, query } = contract;
  const takesKey = takesIdempotencyKey(route);
  const hasParameters = Object.keys(path).length + Object.keys(query).length > 0;
  return {
    400: problemAnswer(
      body === undefined
        ? `A parameter is not known${hasParameters ? ', given twice or wrong' : ''}: see \`errors\`.`
        : 'The body is empty or no JSON, or a parameter is not known, given twice or wrong: see `errors`.',
    ),
    ...(scope !== 'open' && {
      401: problemAnswer('No key, or one that is not known.'),
      403: problemAnswer(
        `The key lacks the scope ${scope}; without keys: the request is not to this machine’s own name.`,
      ),
    }),
    406: problemAnswer('The header `Accept` allows nothing of what is here.'),
    ...(takesKey && {
      409: problemAnswer('The request with this `Idempotency-Key` is still being handled.'),
    }),
    ...(body !== undefined && {
      408: problemAnswer('The request did not arrive as a whole in time.'),
      413: problemAnswer('The body is larger than `REQUEST_BYTES_MAX`.'),
      415: problemAnswer('The body is not sent as `application/json` without `Content-Encoding`.'),
      422: problemAnswer(
        `The JSON can be read, but its content cannot be used: see \`errors\`.${takesKey ? ' Or the `Idempotency-Key` came with another body before.' : ''}`,
      ),
    }),
    431: problemAnswer('The headers are too long.'),
    500: problemAnswer('A mistake of ours: the log output has it under the `request_id`.'),
    429: { ...problemAnswer('More requests than this caller may make.'), headers: retryAfter },
    503: {
      ...problemAnswer(
        'Something that the request needs is away, or too much is being asked: try again after `Retry-After`.',
      ),
      headers: retryAfter,
    },
  };
}

/** `/items/:item_id` as `/items/{item_id}`. */
function templated(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** Collects the schemas that have names, and puts references in their places. */
class Components {
  readonly #schemas = new Map<string, unknown>();

  resolved(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((each: unknown) => this.resolved(each));
    if (typeof schema !== 'object' || schema === null) return schema;
    const name = nameOf(schema);
    if (name === undefined) return this.#inner(schema);
    if (!this.#schemas.has(name)) {
      this.#schemas.set(name, {}); // holds its place, should it contain itself
      this.#schemas.set(name, this.#inner(schema));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  schemas(): Document {
    this.resolved(problem);
    return Object.fromEntries([...this.#schemas].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  #inner(schema: object): Document {
    return Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, this.resolved(value)]));
  }
}

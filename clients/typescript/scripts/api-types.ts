// The types of what the API takes and answers, made of the OpenAPI document that the gateway makes.
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { openBench } from '../../../gateway/testing/gateway-bench.ts';

type Json = { readonly [keyword: string]: unknown };

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: string; description: string; schema: Json }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: Json }>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const banner = '// Generated from the OpenAPI document by scripts/generate-types.ts; do not edit.';
const jsonType = 'application/json';
/** The client's own affairs: what is asked for and answered, not how a server is run. */
const apiPath = '/api/v1/';

/** The TypeScript source: components by their names, and what each operation takes and answers by its id. */
export async function apiTypes(): Promise<string> {
  const { paths, components } = await apiDocument();
  const operations = Object.entries(paths)
    .filter(([path]) => path.startsWith(apiPath))
    .flatMap(([, methods]) => Object.values(methods));
  const definitions = { ...components.schemas, ...Object.assign({}, ...operations.map(schemasOf)) } as Json;
  const root = { title: 'Api', additionalProperties: false, definitions: plain(definitions) } as JSONSchema;
  const source = await compile(root, 'Api', {
    additionalProperties: false,
    bannerComment: banner,
    style: { printWidth: 120, singleQuote: true },
    unreachableDefinitions: true,
  });
  return withoutRoot(source);
}

async function apiDocument(): Promise<Document> {
  const bench = await openBench();
  try {
    return (await (await fetch(`${bench.url}/openapi.json`)).json()) as Document;
  } finally {
    await bench.close();
  }
}

function schemasOf({ operationId, parameters, requestBody, responses }: Operation): Json {
  const name = operationId.replace(/^./, (first) => first.toUpperCase());
  const query = parameters.filter((each) => each.in === 'query');
  const body = requestBody?.content[jsonType]?.schema;
  const answer = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content?.[jsonType]?.schema;
  return {
    ...(query.length > 0 && { [`${name}Query`]: querySchema(query) }),
    ...(body !== undefined && { [`${name}Body`]: body }),
    ...(answer !== undefined && answer['$ref'] === undefined && { [`${name}Answer`]: answer }),
  };
}

function querySchema(parameters: Operation['parameters']): Json {
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema, description }) => [name, { ...schema, description }]),
    ),
  };
}

const leftOut = new Set(['examples', 'minItems', 'maxItems']);

/** Without what types can't say, and with references to where the schemas stand now. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema === 'string') return schema.replace('#/components/schemas/', '#/definitions/');
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword, value]) => !leftOut.has(keyword) && !allowsMore(keyword, value))
      .map(([keyword, value]) => [keyword, plain(value)]),
  );
}

/** The API accepts unknown fields and names them in `ignored`; to a type checker they are mistakes. */
function allowsMore(keyword: string, value: unknown): boolean {
  return keyword === 'additionalProperties' && value === true;
}

const noteOfOrigin = String.raw` \* This interface was referenced by .Api.'s JSON-Schema\n \* via the .definition. "\w+"\.\n`;

/** The schema around the definitions has nothing to say. */
function withoutRoot(source: string): string {
  return source
    .replace(/export interface Api \{\s*\}\n/, '')
    .replaceAll(new RegExp(String.raw`/\*\*\n${noteOfOrigin} \*/\n`, 'g'), '')
    .replaceAll(new RegExp(String.raw` \*\n${noteOfOrigin}`, 'g'), '');
}

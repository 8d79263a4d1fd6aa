// The calls that the API's document shows, put together from their parts: parameters, body and answer of one name belong together.
import type { ApiDocument, Examples, Operation } from './document.ts';

export interface DocumentedExample {
  readonly name: string;
  readonly summary: string;
  readonly operationId: string;
  readonly method: string;
  /** Whether it changes anything. */
  readonly isWrite: boolean;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly contentType: string;
  readonly answer: unknown;
}

export function documentedExamples({ paths }: ApiDocument): DocumentedExample[] {
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      answersOf(operation).map(({ name, ...shown }) => ({
        name,
        operationId: operation.operationId,
        method: method.toUpperCase(),
        isWrite: method !== 'get' && operation['x-scope'] !== 'read',
        path: addressOf(template, operation, name),
        ...bodyOf(operation, name),
        ...shown,
      })),
    ),
  );
}

function answersOf({ responses }: Operation) {
  return Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).flatMap(([contentType, { examples = {} }]) =>
      Object.entries(examples).map(([name, { summary, value: answer }]) => ({
        name,
        summary,
        status: Number(status),
        contentType,
        answer,
      })),
    ),
  );
}

function addressOf(template: string, { parameters }: Operation, example: string): string {
  const given = parameters.flatMap(({ in: place, name, examples = {} }) => {
    const value = valueOf(examples, example);
    return value === undefined ? [] : [{ place, name, value: asText(value) }];
  });
  const inPath = new Map(given.filter(({ place }) => place === 'path').map(({ name, value }) => [name, value]));
  const path = template.replace(/\{(\w+)\}/g, (_part, name: string) => encodeURIComponent(inPath.get(name) ?? ''));
  const query = new URLSearchParams();
  for (const { place, name, value } of given) if (place === 'query') query.append(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function bodyOf({ requestBody }: Operation, example: string): { body?: unknown } {
  const body = valueOf(requestBody?.content['application/json']?.examples ?? {}, example);
  return body === undefined ? {} : { body };
}

function valueOf(examples: Examples, name: string): unknown {
  return Object.hasOwn(examples, name) ? examples[name]?.value : undefined;
}

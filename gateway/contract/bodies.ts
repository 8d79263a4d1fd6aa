// Bodies that are one object, or many things at once: each of those is judged for itself, and the answer says what became of it.
import { Problem, type Wrong } from '../errors.ts';
import type { Body } from './declare.ts';
import type { JsonSchema } from './json-schema.ts';
import { isObject } from './kinds.ts';
import type { ObjectKind } from './object-kind.ts';

/** What was read of one object, or all that is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly errors: readonly Wrong[] };

export interface Rejected {
  readonly status: 'rejected';
  readonly errors: readonly Wrong[];
}

/** The answer lists each entry's errors; the problem on top repeats no more than these. */
const errorsOnTopMax = 20;

/** One object that was read, and pointers to its fields that nobody reads. */
export interface ObjectRead<T> {
  readonly value: T;
  readonly ignored: readonly string[];
}

/**
 * A body that is one object. Anything wrong in it makes it a Problem 422. `idName` stands in the address as well, and must not be
 * another one in the body.
 */
export function objectBody<T extends object>(
  kind: ObjectKind<T>,
  { what, idName }: { readonly what: string; readonly idName?: string },
): Body<ObjectRead<T>> {
  return {
    schema: kind.schema,
    read: (raw, path) => {
      const body = objectIn(raw, `Send ${what} as an object.`);
      const parsed = parse(kind, body, '');
      const errors = [...(parsed.ok ? [] : parsed.errors), ...otherId(body, idName, path)];
      if (!parsed.ok || errors.length > 0) throw allRejected([{ status: 'rejected', errors }]);
      return parsed;
    },
  };
}

function otherId(
  body: Record<string, unknown>,
  idName: string | undefined,
  path: Readonly<Record<string, unknown>>,
): Wrong[] {
  const given = idName !== undefined && Object.hasOwn(body, idName) ? body[idName] : null;
  const isId = typeof given === 'string' || typeof given === 'number';
  if (idName === undefined || !isId || String(given) === path[idName]) return [];
  return [{ pointer: `/${idName}`, detail: 'differs from the one in the address.' }];
}

/** `pointer` leads to the object in the request: '' or `/events/3`. */
export function parse<T extends object>(kind: ObjectKind<T>, raw: unknown, pointer: string): Parsed<T> {
  const wrong: Wrong[] = [];
  if (!isObject(raw)) return { ok: false, errors: [{ pointer, detail: 'must be an object.' }] };
  const value = kind.read(raw, '', { pointer, wrong });
  return value === undefined ? { ok: false, errors: wrong } : { ok: true, value, ignored: kind.ignored(raw, pointer) };
}

/** The list under `name` of a body, neither empty nor too long. */
export function listIn(body: Readonly<Record<string, unknown>>, name: string, entriesMax: number): unknown[] {
  const entries = Object.hasOwn(body, name) ? body[name] : undefined;
  const problem = !Array.isArray(entries)
    ? 'must be a list.'
    : entries.length === 0
      ? 'must not be empty.'
      : entries.length > entriesMax
        ? `must not have more than ${entriesMax} entries: send them in several requests.`
        : undefined;
  if (problem === undefined) return entries as unknown[];
  throw new Problem(422, `The list ${name} ${problem}`, { errors: [{ pointer: `/${name}`, detail: problem }] });
}

export function listSchema(name: string, items: JsonSchema, entriesMax: number): JsonSchema {
  return {
    type: 'object',
    required: [name],
    properties: { [name]: { type: 'array', minItems: 1, maxItems: entriesMax, items } },
    additionalProperties: true,
  };
}

export function objectIn(body: unknown, detail: string): Record<string, unknown> {
  if (isObject(body)) return body;
  throw new Problem(422, detail, { errors: [{ pointer: '', detail: 'must be an object.' }] });
}

/** When nothing could be used: with `summary`, the outcome of each entry of a list. */
export function allRejected(
  outcomes: readonly ({ readonly status: string } | Rejected)[],
  summary?: Record<string, unknown>,
): Problem {
  const errors = outcomes.filter(isRejected).flatMap((outcome) => outcome.errors);
  const detail =
    summary === undefined ? 'It can’t be used as it is: see errors.' : 'Nothing of it can be used: see results.';
  return new Problem(422, detail, {
    errors: errors.slice(0, errorsOnTopMax),
    ...(summary && { members: summary }),
  });
}

function isRejected(outcome: { readonly status: string }): outcome is Rejected {
  return outcome.status === 'rejected';
}

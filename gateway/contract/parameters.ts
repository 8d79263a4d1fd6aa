// Parameters of an address, of its path and of what follows `?`, as data: how each is read, and what the API's document says of it.
// One that is not declared, is given twice or is not understood is refused: guessing would hide the mistake.
import { Problem, type Wrong } from '../errors.ts';
import type { JsonSchema } from './json-schema.ts';
import { idProblem, idSchema, listedIdSchema } from './texts.ts';

/** Notes what is wrong with a parameter. `name`: which of those with a common beginning. */
export type Refuse = (detail: string, name?: string) => undefined;

export interface Parameter<T> {
  readonly description: string;
  readonly schema: JsonSchema;
  /** When it is left out; parts of a path never are. */
  readonly byDefault: T;
  /** May be given more than once; otherwise `texts` has one. */
  readonly isRepeatable?: boolean;
  /** It stands for all parameters whose names begin with its own: `context.`. */
  readonly isPrefix?: boolean;
  /** undefined when it is wrong, which is then noted. `names` of those found by a prefix. */
  readonly read: (texts: readonly string[], refuse: Refuse, names: readonly string[]) => T | undefined;
}

export type Parameters<P> = { readonly [K in keyof P]: Parameter<P[K]> };

/** One that is given once, read from its text. */
export function single<T>(
  description: string,
  schema: JsonSchema,
  byDefault: T,
  read: (text: string, refuse: Refuse) => T | undefined,
): Parameter<T> {
  return { description, schema, byDefault, read: ([text = ''], refuse) => read(text, refuse) };
}

/** A part of the path. */
export function idInPath(description: string, examples?: readonly string[]): Parameter<string> {
  return single(description, { ...idSchema, ...(examples && { examples }) }, '', readId);
}

export function idParameter(description: string): Parameter<string | null> {
  return single<string | null>(description, idSchema, null, readId);
}

export function wholeNumber(
  description: string,
  { byDefault, max, min = 1 }: { readonly byDefault: number; readonly max: number; readonly min?: number },
): Parameter<number> {
  const schema = { type: 'integer', minimum: min, maximum: max, default: byDefault };
  return single(description, schema, byDefault, (text, refuse) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : refuse(`must be a whole number from ${min} to ${max}.`);
  });
}

export function decimal(
  description: string,
  { byDefault, min, max }: { readonly byDefault: number; readonly min: number; readonly max: number },
): Parameter<number> {
  const schema = { type: 'number', minimum: min, maximum: max, default: byDefault };
  return single(description, schema, byDefault, (text, refuse) => {
    const value = decimalText.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : refuse(`must be a number from ${min} to ${max}, such as 0.5.`);
  });
}

/** As programs write numbers: also `1e-5` and `-0`. */
const decimalText = /^-?\d{1,9}(\.\d{1,30})?(e[+-]?\d{1,3})?$/i;

export function flagParameter(description: string): Parameter<boolean> {
  return single(description, { type: 'boolean', default: false }, false, (text, refuse) =>
    text === 'true' || text === 'false' ? text === 'true' : refuse('must be true or false.'),
  );
}

/** Ids or names separated by commas; may also be given several times. */
export function idsParameter(description: string, idsMax: number): Parameter<readonly string[]> {
  return {
    description,
    schema: { type: 'array', maxItems: idsMax, items: listedIdSchema },
    byDefault: [],
    isRepeatable: true,
    read: (texts, refuse) => {
      const ids = texts.flatMap((text) => text.split(',')).filter((id) => id !== '');
      if (ids.length > idsMax) return refuse(`must not hold more than ${idsMax} ids.`);
      const problem = ids.map(idProblem).find((each) => each !== undefined);
      return problem === undefined ? ids : refuse(problem);
    },
  };
}

/** Compiles the reading of what follows `?`. What it answers throws a Problem 400 that names all wrong parameters. */
export function queryReader<Q extends object>(declared: Parameters<Q>): (query: URLSearchParams, wrong: Wrong[]) => Q {
  const parameters = new Map(Object.entries<Parameter<unknown>>(declared));
  const prefixes = [...parameters].filter(([, { isPrefix }]) => isPrefix);
  const byDefault: Readonly<Record<string, unknown>> = Object.freeze(
    Object.fromEntries([...parameters].map(([name, each]) => [name, each.byDefault])),
  );
  const known =
    parameters.size === 0 ? 'there are none' : `there are ${[...parameters.keys()].map(shownName).join(', ')}`;
  return (query, wrong) => {
    // The declaration has every parameter of Q.
    if (query.size === 0) return byDefault as Q;
    const values: Record<string, unknown> = { ...byDefault };
    for (const [name, { names, texts }] of grouped(query, parameters, prefixes)) {
      const refuse: Refuse = (detail, parameter = names[0] ?? name) => void wrong.push({ parameter, detail });
      const parameter = parameters.get(name);
      if (parameter === undefined) refuse(`is not known here: ${known}.`);
      else if (texts.length > 1 && parameter.isRepeatable !== true) refuse('must be given once.');
      else values[name] = parameter.read(texts, refuse, names);
    }
    return values as Q;
  };
}

/** Compiles the reading of the parts of a path. */
export function pathReader<P extends object>(
  declared: Parameters<P>,
): (parts: Readonly<Record<string, string>>, wrong: Wrong[]) => P {
  const parameters = Object.entries<Parameter<unknown>>(declared);
  return (parts, wrong) => {
    const values: Record<string, unknown> = {};
    for (const [parameter, { read }] of parameters)
      values[parameter] = read([parts[parameter] ?? ''], (detail) => void wrong.push({ parameter, detail }), []);
    return values as P; // the declaration has every part of P
  };
}

/** @throws Problem 400 when anything is wrong. */
export function refuseWrongParameters(wrong: readonly Wrong[]): void {
  const [first, ...others] = wrong;
  if (first === undefined || !('parameter' in first)) return;
  const detail =
    others.length === 0
      ? `The parameter ${first.parameter} ${first.detail}`
      : `${wrong.length} parameters are wrong: see errors.`;
  throw new Problem(400, detail, { errors: wrong });
}

interface Given {
  readonly names: string[];
  readonly texts: string[];
}

/** By the name that is declared; unknown ones by their own, shortened, as they come from the caller. */
function grouped(
  query: URLSearchParams,
  parameters: ReadonlyMap<string, unknown>,
  prefixes: readonly (readonly [string, unknown])[],
): Map<string, Given> {
  const given = new Map<string, Given>();
  for (const [written, text] of query) {
    const name = dotted(written);
    const declared = parameters.has(name) ? name : prefixes.find(([prefix]) => name.startsWith(prefix))?.[0];
    const key = declared ?? name.slice(0, unknownCharactersMax).toWellFormed();
    const group = given.get(key) ?? { names: [], texts: [] };
    if (group.texts.length === 0) given.set(key, group);
    group.names.push(declared === undefined ? key : name);
    group.texts.push(text);
    if (given.size > unknownMax) break;
  }
  return given;
}

/** `context[page]` as `context.page`: clients that are made of the document write it so, as OpenAPI has no words for dots. */
function dotted(name: string): string {
  return name.endsWith(']') ? name.replace(/^(\w+)\[(.*)\]$/, '$1.$2') : name;
}

const unknownCharactersMax = 64;
const unknownMax = 100;

function shownName(name: string): string {
  return name.endsWith('.') ? `${name}*` : name;
}

function readId(text: string, refuse: Refuse): string | undefined {
  const problem = idProblem(text);
  return problem === undefined ? text : refuse(problem);
}

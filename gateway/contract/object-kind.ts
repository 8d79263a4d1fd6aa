// An object of declared fields. Fields that nobody reads are accepted and named, so that a typo is not lost in silence.
import { nullable, type JsonSchema } from './json-schema.ts';
import { isObject, pointerTo, refuse, type Kind, type Place } from './kinds.ts';

export interface Field<T> {
  readonly kind: Kind<unknown>;
  readonly schema: JsonSchema;
  /** What is said when it is missing; undefined when it may be. */
  readonly whenMissing?: string;
  readonly byDefault: T;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** What is read of an object of these fields. */
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Notes what is wrong at a path of names within the object; none: with the object as a whole. */
export type Note = (at: readonly string[], detail: string) => void;

/** What is read by a kind. */
export type ValuesIn<K> = K extends Kind<infer T> ? T : never;

export interface ObjectKind<T extends object> extends Kind<T> {
  /** Pointers to the fields that nobody reads. */
  ignored(value: Record<string, unknown>, pointer: string): string[];
}

/** Names so many of the fields that nobody reads. */
const ignoredMax = 50;

export function required<T>(kind: Kind<T>, whenMissing = 'is missing.'): Field<T> {
  // Nobody sees the default: a field that is missing makes the object wrong.
  return { kind, schema: kind.schema, whenMissing, byDefault: undefined as T };
}

/** null counts as left out, as many clients write it so. */
export function optional<T>(kind: Kind<T>): Field<T | null>;
export function optional<T>(kind: Kind<T>, byDefault: T): Field<T>;
export function optional<T>(kind: Kind<T>, byDefault: T | null = null): Field<T | null> {
  const schema = nullable(kind.schema);
  const isShown = byDefault !== null && typeof byDefault !== 'object';
  return { kind, schema: isShown ? { ...schema, default: byDefault } : schema, byDefault };
}

/**
 * `check` sees whatever could be read of the fields, so that all that is wrong is said at once; what is missing or wrong is undefined.
 */
export function object<F extends Fields>(
  fields: F,
  { check }: { readonly check?: (values: Partial<ValuesOf<F>>, note: Note) => void } = {},
): ObjectKind<ValuesOf<F>> {
  const names = new Set(Object.keys(fields));
  const entries = Object.entries(fields);
  const blank = Object.fromEntries(entries.map(([name, { byDefault }]) => [name, byDefault]));
  return {
    schema: objectSchema(fields),
    read: (value, name, place) => {
      if (!isObject(value)) return refuse(place, name, 'must be an object.');
      const inner: Place = { pointer: pointerTo(place, name), wrong: place.wrong };
      const wrongBefore = place.wrong.length;
      // A copy has its final shape from the start, so that filling it in costs little.
      const values: Record<string, unknown> = { ...blank };
      for (const [key, field] of entries) readField(value, key, field, values, inner);
      check?.(values as Partial<ValuesOf<F>>, (at, detail) => refuseAt(inner, at, detail));
      return place.wrong.length === wrongBefore ? (values as ValuesOf<F>) : undefined; // each field was read by its kind
    },
    ignored: (value, pointer) => ignoredOf(value, pointer, names),
  };
}

function readField(
  from: Record<string, unknown>,
  name: string,
  { kind, whenMissing }: Field<unknown>,
  values: Record<string, unknown>,
  place: Place,
): void {
  const value = Object.hasOwn(from, name) ? from[name] : null;
  if (value !== null && value !== undefined) values[name] = kind.read(value, name, place);
  else if (whenMissing !== undefined) refuse(place, name, whenMissing);
}

function refuseAt(place: Place, at: readonly string[], detail: string): void {
  const parents = at.slice(0, -1).reduce((pointer, name) => pointerTo({ ...place, pointer }, name), place.pointer);
  refuse({ ...place, pointer: parents }, at.at(-1) ?? '', detail);
}

function ignoredOf(value: Record<string, unknown>, pointer: string, known: ReadonlySet<string>): string[] {
  const ignored: string[] = [];
  for (const name in value)
    if (!known.has(name) && ignored.length < ignoredMax) ignored.push(pointerTo({ pointer, wrong: [] }, name));
  return ignored;
}

function objectSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  const needed = entries.filter(([, { whenMissing }]) => whenMissing !== undefined).map(([name]) => name);
  return {
    type: 'object',
    ...(needed.length > 0 && { required: needed }),
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    additionalProperties: true,
  };
}

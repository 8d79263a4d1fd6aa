// The kinds of values that requests may hold. Each is one declaration of two things that must never disagree: how a value is read,
// with a sentence for whatever is wrong with it, and the JSON Schema that the API's document shows.
//
// By hand rather than by a schema library: a request may bring a thousand events, these read one in about a microsecond, take whole
// numbers for ids, tell seconds from milliseconds, and never copy a key such as `__proto__` from the input into an object of ours.
import { LATEST_MS } from '../../schemas/wire-types.ts';
import type { Wrong } from '../errors.ts';
import type { JsonSchema } from './json-schema.ts';
import {
  idProblem,
  idSchema,
  inBytes,
  longTextPattern,
  longTextProblem,
  textPattern,
  textProblem,
  wordBytesMax,
} from './texts.ts';
import { parseTime } from './times.ts';

/** Where in a body something stands, and where to note what is wrong with it. */
export interface Place {
  /** A JSON pointer: '' or `/events/3`. */
  readonly pointer: string;
  readonly wrong: Wrong[];
}

export interface Kind<T> {
  readonly schema: JsonSchema;
  /** What stands at `name` in `place`; undefined when it is wrong, which is then noted. */
  readonly read: (value: {}, name: string, place: Place) => T | undefined;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

const textBytesMax = 8192;
const mapEntriesMax = 50;
const mapValueBytesMax = 1024;
const listEntriesMax = 100;

/** An id of anything. Whole numbers are taken as their digits. */
export const id: Kind<string> = {
  schema: { anyOf: [idSchema, { type: 'integer', description: 'Taken as its digits.' }] },
  read: (value, name, place) => {
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
    if (typeof text !== 'string') return refuse(place, name, 'must be a text.');
    const problem = idProblem(text);
    return problem === undefined ? text : refuse(place, name, problem);
  },
};

/** `bytesMax` above those of a word allows lines. */
export function text(bytesMax = textBytesMax): Kind<string> {
  const problemOf = bytesMax < textBytesMax ? textProblem : longTextProblem;
  return {
    schema: {
      ...inBytes(bytesMax),
      type: 'string',
      minLength: 1,
      maxLength: bytesMax,
      pattern: problemOf === textProblem ? textPattern : longTextPattern,
    },
    read: (value, name, place) => {
      if (typeof value !== 'string') return refuse(place, name, 'must be a text.');
      if (value === '') return refuse(place, name, 'must not be empty.');
      if (value.length > bytesMax || (value.length * 3 > bytesMax && Buffer.byteLength(value) > bytesMax))
        return refuse(place, name, `must not be longer than ${bytesMax} bytes.`);
      const problem = problemOf(value);
      return problem === undefined ? value : refuse(place, name, problem);
    },
  };
}

/** A short name, such as of a channel. */
export const word = text(wordBytesMax);

export function number({ min, max, whole = false }: NumberRange): Kind<number> {
  return {
    schema: { type: whole ? 'integer' : 'number', minimum: min, maximum: max },
    read: (value, name, place) => {
      if (typeof value !== 'number') return refuse(place, name, 'must be a number.');
      if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
      return refuse(place, name, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
    },
  };
}

export const flag: Kind<boolean> = {
  schema: { type: 'boolean' },
  read: (value, name, place) => (typeof value === 'boolean' ? value : refuse(place, name, 'must be true or false.')),
};

/** RFC 3339, or milliseconds since 1970. */
export const time: Kind<number> = {
  schema: {
    anyOf: [
      { type: 'string', format: 'date-time' },
      { type: 'number', minimum: 0, maximum: LATEST_MS, description: 'Milliseconds since 1970.' },
    ],
  },
  read: (value, name, place) => {
    const time = parseTime(value);
    return typeof time === 'number' ? time : refuse(place, name, time);
  },
};

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  const known: ReadonlySet<unknown> = new Set(values);
  return {
    schema: { type: 'string', enum: values },
    read: (value, name, place) =>
      known.has(value) ? (value as T) : refuse(place, name, `must be one of ${values.join(', ')}.`), // the set has only these
  };
}

/** Texts by name. Numbers and true or false become texts; null counts as absent. */
export const textMap: Kind<Record<string, string>> = {
  schema: {
    type: 'object',
    maxProperties: mapEntriesMax,
    propertyNames: { minLength: 1, maxLength: wordBytesMax, pattern: textPattern },
    additionalProperties: {
      type: ['string', 'number', 'boolean', 'null'],
      maxLength: mapValueBytesMax,
      pattern: longTextPattern,
    },
  },
  read: (value, name, place) => {
    if (!isObject(value)) return refuse(place, name, 'must be an object.');
    const entries: [string, string][] = [];
    const wrongBefore = place.wrong.length;
    for (const key in value) {
      const entry = mapText(value[key]);
      const problem = mapProblem(key, entry);
      if (problem !== undefined) refuse({ ...place, pointer: pointerTo(place, name) }, key, problem);
      else if (typeof entry === 'string') entries.push([key, entry]);
      if (entries.length > mapEntriesMax)
        return refuse(place, name, `must not have more than ${mapEntriesMax} entries.`);
    }
    return place.wrong.length === wrongBefore ? Object.fromEntries(entries) : undefined;
  },
};

/** A list of ids, names or other short texts. */
export function words(entriesMax = listEntriesMax): Kind<string[]> {
  return {
    schema: { type: 'array', maxItems: entriesMax, items: idSchema },
    read: (value, name, place) => {
      if (!Array.isArray(value)) return refuse(place, name, 'must be a list of texts.');
      if (value.length > entriesMax) return refuse(place, name, `must not have more than ${entriesMax} entries.`);
      const wrongBefore = place.wrong.length;
      value.forEach((entry: unknown, index) => {
        const problem = typeof entry === 'string' ? idProblem(entry) : 'must be a text.';
        if (problem !== undefined) refuse({ ...place, pointer: pointerTo(place, name) }, String(index), problem);
      });
      return place.wrong.length === wrongBefore ? (value as string[]) : undefined; // every entry was found to be one
    },
  };
}

/** A kind that asks for more. `problemOf` may answer undefined for what is as it should be. */
export function refined<T>(kind: Kind<T>, schema: JsonSchema, problemOf: (value: T) => string | undefined): Kind<T> {
  return {
    schema: { ...kind.schema, ...schema },
    read: (value, name, place) => {
      const read = kind.read(value, name, place);
      const problem = read === undefined ? undefined : problemOf(read);
      return problem === undefined ? read : refuse(place, name, problem);
    },
  };
}

/** With a description, for the document. */
export function about<T>(description: string, kind: Kind<T>, examples?: readonly unknown[]): Kind<T> {
  return { schema: { ...kind.schema, description, ...(examples && { examples }) }, read: kind.read };
}

export function refuse(place: Place, name: string, detail: string): undefined {
  place.wrong.push({ pointer: pointerTo(place, name), detail });
  return undefined;
}

/** '' names the place itself. */
export function pointerTo({ pointer }: Place, name: string): string {
  return name === '' ? pointer : `${pointer}/${escaped(name)}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function mapProblem(key: string, text: unknown): string | undefined {
  if (text === null) return undefined;
  if (typeof text !== 'string') return 'must be a text, a number, true or false.';
  if (Buffer.byteLength(text) > mapValueBytesMax) return `must not be longer than ${mapValueBytesMax} bytes.`;
  return keyProblem(key) ?? longTextProblem(text);
}

function keyProblem(key: string): string | undefined {
  if (key === '__proto__') return 'must not be named so.';
  if (key === '' || Buffer.byteLength(key) > wordBytesMax) return `must have a name of 1 to ${wordBytesMax} bytes.`;
  return textProblem(key);
}

/** A name as a part of a JSON pointer (RFC 6901), shortened: it comes from the caller. */
function escaped(name: string): string {
  return name.slice(0, wordBytesMax).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
}

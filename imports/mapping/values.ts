// Compiles rules into readers: functions from a line's row to one field's value.
import { LineRejected } from '../errors.ts';
import {
  placeholder,
  type FlagRule,
  type ListRule,
  type NumberRule,
  type TextRule,
  type TextsRule,
  type TimeRule,
} from './rule.ts';
import { shown, timeReader } from './timestamp.ts';

/** A column of a row: text in CSV, any JSON value in JSON lines; undefined where there is none or it is empty. */
export type Column<R> = (row: R) => unknown;
/** Finds a column once, so that reading it from each row is quick. */
export type Columns<R> = (name: string) => Column<R>;
/** Reads a field from a row; undefined when it is missing. Throws LineRejected when it is there but can't be read. */
export type Reader<R, V> = (row: R) => V | undefined;

/** Makes readers of fields. Their rejections name the field; a field without a rule is always missing. */
export function readersOf<R>(columns: Columns<R>) {
  return {
    text: (field: string, rule: TextRule | undefined) => named(field, rule, (given) => textReader(given, columns)),
    number: (field: string, rule: NumberRule | undefined) =>
      named(field, rule, (given) => converted(given, columns, (value) => asNumber(value, given.decimal))),
    flag: (field: string, rule: FlagRule | undefined) =>
      named(field, rule, (given) => converted(given, columns, asFlag)),
    time: (field: string, rule: TimeRule | undefined) =>
      named(field, rule, (given) => converted(given, columns, timeReader(given))),
    list: (field: string, rule: ListRule | TextRule[] | undefined) =>
      named(field, rule, (given) => listReader(given, columns)),
    texts: (field: string, rules: TextsRule) => textsReader(field, rules, columns),
  };
}

/** @throws LineRejected, from the reader, when the field is missing. */
export function required<R, V>(field: string, read: Reader<R, V>): (row: R) => V {
  return (row) => {
    const value = read(row);
    if (value === undefined || value === '') throw new LineRejected(`${field} is missing`);
    return value;
  };
}

function named<R, C, V>(field: string, rule: C | undefined, compile: (rule: C) => Reader<R, V>): Reader<R, V> {
  if (rule === undefined) return () => undefined;
  const read = compile(rule);
  return (row) => {
    try {
      return read(row);
    } catch (error) {
      if (!(error instanceof LineRejected)) throw error;
      throw new LineRejected(`${field}: ${error.message}`);
    }
  };
}

function textReader<R>(rule: TextRule, columns: Columns<R>): Reader<R, string> {
  return converted(rule, columns, asText);
}

/** One column that holds a list, or one rule for each entry; missing entries are left out. */
function listReader<R>(rule: ListRule | TextRule[], columns: Columns<R>): Reader<R, string[]> {
  if (!Array.isArray(rule)) return converted(rule, columns, (value) => asList(value, rule.separator));
  const readers = rule.map((each) => textReader(each, columns));
  return (row) => readers.map((read) => read(row)).filter((entry) => entry !== undefined);
}

function textsReader<R>(field: string, rules: TextsRule, columns: Columns<R>): (row: R) => Record<string, string> {
  const readers = Object.entries(rules).map(
    ([name, rule]) => [name, named(`${field}.${name}`, rule, (given) => textReader(given, columns))] as const,
  );
  return (row) => {
    const texts: Record<string, string> = {};
    for (const [name, read] of readers) {
      const text = read(row);
      if (text !== undefined) texts[name] = text;
    }
    return texts;
  };
}

function converted<R, V>(rule: TextRule, columns: Columns<R>, convert: (value: unknown) => V): Reader<R, V> {
  const origin = originOf(rule, columns);
  const byDefault = rule.default === undefined ? undefined : convert(rule.default);
  return (row) => {
    const value = origin(row);
    return value === undefined ? byDefault : convert(value);
  };
}

function originOf<R>(rule: TextRule, columns: Columns<R>): Column<R> {
  const plain = plainOrigin(rule, columns);
  const { map, unmapped } = rule;
  if (map === undefined) return plain;
  const table = new Map(Object.entries(map));
  return (row) => {
    const value = plain(row);
    if (value === undefined) return undefined;
    const text = asText(value);
    if (table.has(text)) return table.get(text) ?? undefined;
    if (unmapped === 'none') return undefined;
    if (unmapped === 'keep') return value;
    throw new LineRejected(`${shown(value)} is not among the mapped values`);
  };
}

function plainOrigin<R>({ column, template, constant }: TextRule, columns: Columns<R>): Column<R> {
  if (column !== undefined) return columns(column);
  if (template === undefined) return () => constant;
  return templateOrigin(template, columns);
}

function templateOrigin<R>(template: string, columns: Columns<R>): Column<R> {
  // Splitting at a pattern with a group gives texts and column names in turn.
  const parts = template.split(placeholder).map((part, place) => (place % 2 === 0 ? part : columns(part)));
  return (row) => {
    let text = '';
    for (const part of parts) {
      const value = typeof part === 'string' ? part : part(row);
      if (value === undefined) return undefined;
      text += asText(value);
    }
    return text;
  };
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new LineRejected(`${shown(value)} is no text`);
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function asNumber(value: unknown, decimal: '.' | ','): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const text = asText(value).trim();
  const plain = decimal === ',' ? text.replace(',', '.') : text;
  if (!number.test(plain)) throw new LineRejected(`${shown(value)} is no number`);
  return Number(plain);
}

const flags = new Map([
  ['true', true],
  ['yes', true],
  ['y', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['n', false],
  ['0', false],
]);

function asFlag(value: unknown): boolean {
  const flag = flags.get(asText(value).trim().toLowerCase());
  if (flag === undefined) throw new LineRejected(`${shown(value)} is neither true nor false`);
  return flag;
}

function asList(value: unknown, separator: string): string[] {
  if (Array.isArray(value)) return value.map(asText);
  return asText(value)
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

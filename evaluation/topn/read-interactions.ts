// Files of who had what. Three shapes: a user and then their items, separated by blanks; user, item and perhaps a rating and a time,
// separated by commas, semicolons, tabs or `::`; the same under a header that says which is which.
import { EvaluationRefused } from '../errors.ts';
import { delimiterOf, fieldsOf, firstDelimiterOf, headerOf, readLines, type Line } from '../read-lines.ts';

export interface RawInteraction {
  readonly user: string;
  readonly item: string;
  /** Infinity when the file has none: it passes every limit. */
  readonly rating: number;
  /** As it stands in the file; the line's number when it has none. */
  readonly time: number;
  readonly isTimed: boolean;
  /** What was done, and where, if a log says so. */
  readonly deed?: { readonly eventType: string; readonly channel: string | null };
}

interface Columns {
  readonly user: number;
  readonly item: number;
  readonly rating: number;
  readonly time: number;
}

const ABSENT = -1;
const USER = /user|customer|household|visitor|member/;
const ITEM = /item|product|movie|article|track|book|sku/;

/** @throws EvaluationRefused */
export function readInteractions(path: string): RawInteraction[] {
  const lines = readLines(path);
  const delimiter = delimiterBetween(lines);
  if (delimiter === undefined) return lines.flatMap(ofUser);
  const header = headerOf(lines, delimiter);
  const width = fieldsOf(lines[0] as Line, delimiter).length;
  const columns = header === undefined ? inOrder(width) : columnsOf(path, header);
  return lines.slice(header === undefined ? 0 : 1).map((line, at) => {
    const fields = fieldsOf(line, delimiter);
    const interaction = {
      user: fields[columns.user] ?? '',
      item: fields[columns.item] ?? '',
      rating: columns.rating === ABSENT ? Infinity : numberOf(fields[columns.rating]),
      time: columns.time === ABSENT ? at : timeOf(fields[columns.time]),
      isTimed: columns.time !== ABSENT,
    };
    const { user, item, rating, time } = interaction;
    if (user === '' || item === '' || Number.isNaN(rating) || Number.isNaN(time))
      throw new EvaluationRefused(`${path}, line ${line.number}: not a user, an item, a rating and a time`);
    return interaction;
  });
}

/** Undefined when a line is a user and their items: ids may hold whatever separates columns elsewhere. */
function delimiterBetween(lines: readonly Line[]): string | undefined {
  const first = firstDelimiterOf(lines);
  if (first === undefined) return undefined;
  const names = headerOf(lines, first) ?? [];
  if (names.some((name) => USER.test(name)) && names.some((name) => ITEM.test(name))) return first;
  return delimiterOf(lines) ?? (lines.some(({ text }) => /\S\s+\S/.test(text)) ? undefined : first);
}

function ofUser({ text }: Line, at: number): RawInteraction[] {
  const [user = '', ...items] = text.trim().split(/\s+/);
  return items.map((item) => ({ user, item, rating: Infinity, time: at, isTimed: false }));
}

function inOrder(width: number): Columns {
  return { user: 0, item: 1, rating: width > 2 ? 2 : ABSENT, time: width > 3 ? 3 : ABSENT };
}

function columnsOf(path: string, names: readonly string[]): Columns {
  const find = (meant: RegExp) => names.findIndex((name) => meant.test(name));
  const columns = { user: find(USER), item: find(ITEM), rating: find(/rating|stars/), time: find(/^ts$|time|date/) };
  if (columns.user < 0 || columns.item < 0)
    throw new EvaluationRefused(`${path} needs columns for a user and an item; it has ${names.join(', ')}`);
  return columns;
}

/** NaN for an empty field, which Number would take for 0. */
function numberOf(field = ''): number {
  return field === '' ? NaN : Number(field);
}

/** Numbers stay what they are; written out they become seconds. */
function timeOf(field = ''): number {
  const number = numberOf(field);
  return Number.isNaN(number) ? Date.parse(field) / 1000 : number;
}

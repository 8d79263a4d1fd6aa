// Files of who had what. Three shapes: a user and then their items, separated by blanks; user, item and perhaps a rating and a time,
// separated by commas or tabs; the same under a header that says which is which.
import { EvaluationRefused } from '../errors.ts';
import { readLines } from '../read-lines.ts';

export interface RawInteraction {
  readonly user: string;
  readonly item: string;
  /** Infinity when the file has none: it passes every limit. */
  readonly rating: number;
  /** As it stands in the file; the line's number when it has none. */
  readonly time: number;
}

interface Columns {
  readonly user: number;
  readonly item: number;
  readonly rating: number;
  readonly time: number;
}

const ABSENT = -1;

/** @throws EvaluationRefused */
export function readInteractions(path: string): RawInteraction[] {
  const lines = readLines(path);
  const first = lines[0] as string;
  const delimiter = /[\t,;]/.exec(first)?.[0];
  if (delimiter === undefined) return lines.flatMap((line, at) => ofUser(line, at));
  const names = first.split(delimiter);
  const hasHeader = names.every((name) => /^[^\d\s]/.test(name));
  const columns = hasHeader ? columnsOf(path, names) : { user: 0, item: 1, rating: names.length > 2 ? 2 : ABSENT, time: names.length > 3 ? 3 : ABSENT }; // prettier-ignore
  return lines.slice(hasHeader ? 1 : 0).map((line, at) => {
    const fields = line.split(delimiter);
    const user = fields[columns.user];
    const item = fields[columns.item];
    const rating = columns.rating === ABSENT ? Infinity : Number(fields[columns.rating]);
    const time = columns.time === ABSENT ? at : Number(fields[columns.time]);
    if (user === undefined || item === undefined || Number.isNaN(rating) || Number.isNaN(time))
      throw new EvaluationRefused(
        `${path}, line ${at + (hasHeader ? 2 : 1)}: not a user, an item, a rating and a time`,
      );
    return { user, item, rating, time };
  });
}

function ofUser(line: string, at: number): RawInteraction[] {
  const [user = '', ...items] = line.trim().split(/\s+/);
  return items.map((item) => ({ user, item, rating: Infinity, time: at }));
}

function columnsOf(path: string, header: readonly string[]): Columns {
  const names = header.map((name) => name.split(':', 1)[0]?.toLowerCase() ?? '');
  const find = (meant: RegExp) => names.findIndex((name) => meant.test(name));
  const columns = {
    user: find(/user|customer|household/),
    item: find(/item|product/),
    rating: find(/rating/),
    time: find(/^ts$|time/),
  };
  if (columns.user < 0 || columns.item < 0)
    throw new EvaluationRefused(`${path} needs columns for a user and an item; it has ${names.join(', ')}`);
  return columns;
}

// Cuts a record of a delimited file into its fields.
import { LineRejected } from '../errors.ts';

/** A field starts quoted or not at all; two quotes within quotes are one. */
export function fieldsOf(record: string, delimiter: string, quotes: boolean): string[] {
  if (!quotes || !record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; at <= record.length;) {
    const { field, end } = record[at] === '"' ? quotedField(record, at, delimiter) : plainField(record, at, delimiter);
    fields.push(field);
    at = end + 1;
  }
  return fields;
}

/** `end` is where the delimiter or the record's end is. */
function plainField(record: string, at: number, delimiter: string): { field: string; end: number } {
  const found = record.indexOf(delimiter, at);
  const end = found < 0 ? record.length : found;
  return { field: record.slice(at, end), end };
}

function quotedField(record: string, at: number, delimiter: string): { field: string; end: number } {
  let close = record.indexOf('"', at + 1);
  while (close >= 0 && record[close + 1] === '"') close = record.indexOf('"', close + 2);
  const end = close + 1;
  if (close < 0 || (end < record.length && record[end] !== delimiter)) {
    throw new LineRejected(`after the quoted field ${JSON.stringify(record.slice(at, at + 30))} no delimiter follows`);
  }
  return { field: record.slice(at + 1, close).replaceAll('""', '"'), end };
}

// What is written about items, and what kinds they are: an id, and the text of all other columns. With a header the id's column is found by its name, else it is the
// first one.
import { EvaluationRefused } from '../errors.ts';
import { fieldsOf, headerOf, readLines, type Line } from '../read-lines.ts';

const ID = /^(item|product|movie|article|track|book|sku)([ _-]?id)?$/;

interface Table {
  /** Of the column with the ids. */
  readonly id: number;
  /** Undefined without a header. */
  readonly names: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
}

/** By item, the text of all columns but the id's. @throws EvaluationRefused */
export function readTexts(path: string): Map<string, string> {
  const { id, rows } = readTable(path);
  return new Map(rows.map((fields) => [fields[id] ?? '', fields.filter((_, at) => at !== id).join(' ')]));
}

/** By item, its category: of columns that are called so, the one that has most of them. @throws EvaluationRefused */
export function readCategories(path: string): Map<string, string> {
  const { id, names = [], rows } = readTable(path);
  const kinds = names.flatMap((name, at) => (/categor|type|genre|class|department/.test(name) ? [at] : []));
  const sizes = kinds.map((at) => ({ at, size: new Set(rows.map((fields) => fields[at])).size }));
  const finest = sizes.toSorted((one, other) => other.size - one.size)[0];
  if (finest === undefined) throw new EvaluationRefused(`${path} has no column for a category; it has ${names.join(', ') || 'no header'}`); // prettier-ignore
  return new Map(rows.map((fields) => [fields[id] ?? '', fields[finest.at] ?? '']));
}

function readTable(path: string): Table {
  const lines = readLines(path);
  const delimiter = /\t|::|[,;]/.exec((lines[0] as Line).text)?.[0];
  if (delimiter === undefined) throw new EvaluationRefused(`${path} has one column only: an id and more are wanted`);
  const first = fieldsOf(lines[0] as Line, delimiter).map((name) => name.split(':', 1)[0]?.toLowerCase() ?? '');
  const named = first.findIndex((name) => ID.test(name));
  const isHeader = named >= 0 || headerOf(lines, delimiter) !== undefined;
  const rows = lines.slice(isHeader ? 1 : 0).map((line) => fieldsOf(line, delimiter));
  return { id: Math.max(0, named), names: isHeader ? first : undefined, rows };
}

// What is written about items: an id, and the text of all other columns. With a header the id's column is found by its name, else it is the
// first one.
import { EvaluationRefused } from '../errors.ts';
import { fieldsOf, headerOf, readLines, type Line } from '../read-lines.ts';

const ID = /^(item|product|movie|article|track|book|sku)([ _-]?id)?$/;

/** @throws EvaluationRefused */
export function readTexts(path: string): Map<string, string> {
  const lines = readLines(path);
  const delimiter = /\t|::|[,;]/.exec((lines[0] as Line).text)?.[0];
  if (delimiter === undefined) throw new EvaluationRefused(`${path} has one column only: an id and a text are wanted`);
  const names = fieldsOf(lines[0] as Line, delimiter).map((name) => name.split(':', 1)[0]?.toLowerCase() ?? '');
  const named = names.findIndex((name) => ID.test(name));
  const isHeader = named >= 0 || headerOf(lines, delimiter) !== undefined;
  const id = Math.max(0, named);
  return new Map(
    lines.slice(isHeader ? 1 : 0).map((line) => {
      const fields = fieldsOf(line, delimiter);
      return [fields[id] ?? '', fields.filter((_, at) => at !== id).join(' ')];
    }),
  );
}
